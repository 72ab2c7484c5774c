// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.task.TaskId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Port: exported files. They hold client text, so nobody but the service's user can open them. Thread-safe. */
public interface Exports {

    /**
     * What is known of a file.
     *
     * @param id {@code exp_...}
     * @param createdAt when
     * @param tasks that it holds
     * @param lastEvent the last audit event before its tasks were read; {@code ""} when there was none
     */
    record Export(String id, Instant createdAt, List<TaskId> tasks, String lastEvent) {
        public Export {
            tasks = List.copyOf(tasks);
        }
    }

    /** Writes a file. */
    @FunctionalInterface
    interface Writer {
        void write(OutputStream out) throws IOException;
    }

    /** Writes a file that is not there yet for anybody; what the writer throws comes out, and nothing is kept. */
    void prepare(Export export, Writer writer);

    /** Has a prepared file be there. */
    void publish(String id);

    /** Those that are there, by id. */
    List<Export> all();

    Optional<Export> find(String id);

    /** Bytes of a file that is there. */
    long size(String id);

    /**
     * Opens a file.
     *
     * @throws dev.perennial.refusal.Refusal.NotFound when it is not there
     */
    InputStream open(String id);

    /** Removes a file, prepared or there; nothing happens when it is gone. */
    void remove(String id);

    /** Removes what was begun and never finished. Called once, before anything is begun. */
    void sweep();
}
