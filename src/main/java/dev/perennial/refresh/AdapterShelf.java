// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.learn.AdaptationShelf;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Port: keeps adapters on disk. Safe for concurrent use. */
public interface AdapterShelf extends AdaptationShelf {

    /**
     * An adapter as it is kept.
     *
     * @param id of the adaptation, which is that of the job that made it
     * @param member id of the encoder that it belongs to
     * @param base digest of that encoder
     * @param tasks that it answers
     * @param learntFrom keys, in hex, of the inputs that it was adapted to
     * @param strategy how
     * @param createdAt when it was kept
     * @param report JSON object with what spoke for it
     * @param adapter what changed of the encoder; not copied
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Kept(
            String id,
            String member,
            String base,
            List<TaskId> tasks,
            Set<String> learntFrom,
            String strategy,
            Instant createdAt,
            String report,
            byte[] adapter) {
        public Kept {
            tasks = List.copyOf(tasks);
            learntFrom = Set.copyOf(learntFrom);
        }
    }

    /** Keeps an adapter; when this returns, the next start finds it. */
    void keep(Kept kept);

    /** All that are kept and readable, oldest first. */
    List<Kept> kept();
}
