// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.task.Idempotency;
import dev.perennial.task.Idempotency.Reply;
import dev.perennial.task.TaskStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far the job of an import got, task by task, as replies that are kept until the job ends. Confined to the thread
 * of the job.
 */
final class ImportSteps {
    private static final int OK = 200;

    private final TaskStore store;
    private final String jobId;

    ImportSteps(TaskStore store, String jobId) {
        this.store = store;
        this.jobId = jobId;
    }

    boolean isDone(int position) {
        return find("done", position).isPresent();
    }

    /** @param result JSON object */
    void finish(int position, String result) {
        keep("done", position, result);
    }

    /** Under which what came of a task is kept that is stored in the same transaction. */
    Idempotency done(int position) {
        return key("done", position);
    }

    /** What came of those that are done, in order. */
    List<String> done() {
        List<String> done = new ArrayList<>();
        for (int position = 0; isDone(position); position++) {
            done.add(find("done", position).orElseThrow());
        }
        return done;
    }

    /** What came of the whole import, once all of it is done. */
    Optional<String> ended() {
        return find("end", 0);
    }

    /** @param result JSON object */
    String end(String result) {
        keep("end", 0, result);
        return result;
    }

    private Optional<String> find(String what, int position) {
        return store.reply(key(what, position).key()).map(entry -> entry.reply().body());
    }

    private void keep(String what, int position, String body) {
        store.keepReply(key(what, position), new Reply(OK, body));
    }

    private Idempotency key(String what, int position) {
        return Idempotency.ofJob(jobId + " " + what, position);
    }
}
