// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.task.Idempotency;
import dev.perennial.task.Idempotency.Reply;
import dev.perennial.task.TaskId;
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

    /**
     * A task that was begun.
     *
     * @param position in the file
     * @param task its name
     * @param before file with the task that it replaces
     */
    record Step(int position, TaskId task, Optional<String> before) {}

    /** All that were begun, in order. */
    List<Step> begun() {
        List<Step> begun = new ArrayList<>();
        for (int position = 0; begun(position).isPresent() || isDone(position); position++) {
            begun(position).ifPresent(begun::add);
        }
        return begun;
    }

    Optional<Step> begun(int position) {
        return find("begun", position).map(body -> {
            String[] lines = body.split("\n", -1);
            return new Step(
                    position, new TaskId(lines[0]), Optional.of(lines[1]).filter(name -> !name.isEmpty()));
        });
    }

    Step begin(int position, TaskId task, Optional<String> before) {
        keep("begun", position, task.value() + "\n" + before.orElse(""));
        return new Step(position, task, before);
    }

    /** Whether what was there before is gone and the task is defined. */
    boolean isDefined(int position) {
        return find("defined", position).isPresent();
    }

    void define(int position) {
        keep("defined", position, "");
    }

    boolean isDone(int position) {
        return find("done", position).isPresent();
    }

    /** @param result JSON object */
    void finish(int position, String result) {
        keep("done", position, result);
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

    /** The name under which the teaching of a task keeps its own steps. */
    String teaching(int position) {
        return jobId + " " + position;
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
