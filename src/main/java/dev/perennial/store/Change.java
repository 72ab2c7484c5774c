// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.knowledge.GraphId;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** A writing transaction in progress. Confined to the thread that runs it. */
final class Change {
    private final Handle handle;
    private boolean erasing;

    Change(Handle handle) {
        this.handle = handle;
    }

    Handle handle() {
        return handle;
    }

    /** Asks that the bytes which this transaction emptied be gone from every file when the transaction returns. */
    void erasesBytes(long rows) {
        reserve("emptied", rows);
        erasing = true;
    }

    boolean isErasing() {
        return erasing;
    }

    /** Takes the next {@code count} numbers of a sequence and returns the first of them. */
    long reserve(String sequence, long count) {
        return handle.createQuery(
                                "UPDATE sequences SET last_value = last_value + :count WHERE name = :name RETURNING last_value")
                        .bind("count", count)
                        .bind("name", sequence)
                        .mapTo(long.class)
                        .one()
                - count
                + 1;
    }

    /** Takes the next revision and records what it is. */
    RevisionId revise(TaskId task, String cause, Instant now) {
        return revise(task.value(), cause, now);
    }

    /** The same for a graph, whose name might be that of a task. */
    RevisionId revise(GraphId graph, String cause, Instant now) {
        return revise("graph:" + graph.value(), cause, now);
    }

    /**
     * The same for what is no task.
     *
     * @param subject what changes, in a form that no task id has
     */
    RevisionId revise(String subject, String cause, Instant now) {
        long number = reserve("revision", 1);
        handle.createUpdate(
                        "INSERT INTO revisions (number, task_id, cause, created_at) VALUES (:number, :task, :cause, :at)")
                .bind("number", number)
                .bind("task", subject)
                .bind("cause", cause)
                .bind("at", EpochMicros.of(now))
                .execute();
        return new RevisionId(number);
    }
}
