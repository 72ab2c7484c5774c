// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.knowledge.GraphId;
import dev.perennial.task.AuditEvent;
import dev.perennial.task.AuditEvent.Counts;
import dev.perennial.task.AuditEvent.Subject;
import dev.perennial.task.Origin;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** A writing transaction in progress. Confined to the thread that runs it. */
final class Change {
    private static final String GRAPH = "graph";
    private static final Map<String, String> ACTION_BY_CAUSE = Map.of(
            "task.teach", "examples.teach",
            "task.forget", "example.forget",
            "task.undo", "examples.undo",
            "task.quarantine", "examples.quarantine",
            "task.feedback", "feedback",
            "task.release", "examples.release",
            "sources.define", "source.define",
            "sources.remove", "source.remove",
            "sources.add", "documents.add",
            "sources.remove-document", "documents.remove");

    private final Handle handle;
    private final Origin origin;
    private boolean erasing;

    /** @param origin where the change comes from */
    Change(Handle handle, Origin origin) {
        this.handle = handle;
        this.origin = origin;
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

    /**
     * Counts examples that are about to be taught against what their origin may teach in a day.
     *
     * @throws dev.perennial.refusal.Refusal.QuotaExceeded when they are too many
     */
    void countTaught(long examples, Instant now) {
        new TaughtTable(handle).count(origin, examples, now);
    }

    /** Refuses examples that {@link #countTaught} would refuse, and counts none. */
    void requireTeachable(long examples, Instant now) {
        new TaughtTable(handle).require(origin, examples, now);
    }

    /** Takes the next revision and records what it is, with the audit event that tells of it. */
    RevisionId revise(TaskId task, String cause, Instant now) {
        return revise(task, cause, now, Counts.NONE);
    }

    /** The same for a change that adds or removes examples. */
    RevisionId revise(TaskId task, String cause, Instant now, Counts counts) {
        return revise(task.value(), new Deed(Subject.task(task), cause, counts), now);
    }

    /** The same for a change beside a task's own history, where its name would say that its answers change. */
    RevisionId reviseBeside(TaskId task, String cause, Instant now, Counts counts) {
        return revise("revisions/" + task.value(), new Deed(Subject.task(task), cause, counts), now);
    }

    /** The same for a graph, whose name might be that of a task. */
    RevisionId revise(GraphId graph, String cause, Instant now) {
        Subject subject = new Subject(GRAPH, graph.value());
        return revise(GRAPH + ":" + graph.value(), new Deed(subject, cause, Counts.NONE), now);
    }

    /**
     * The same for what is neither.
     *
     * @param subject what changes, as its kind and its name with a slash between, which no task id has
     */
    RevisionId revise(String subject, String cause, Instant now) {
        return revise(subject, cause, now, Counts.NONE);
    }

    /** The same for a change that adds or removes documents. */
    RevisionId revise(String subject, String cause, Instant now, Counts counts) {
        String[] parts = subject.split("/", 2);
        return revise(subject, new Deed(new Subject(parts[0], parts[parts.length - 1]), cause, counts), now);
    }

    /** Records an event of what makes no revision. */
    void tell(String action, Subject subject, Instant now) {
        tell(new AuditEvent("", now, origin, action, subject, Optional.empty(), Counts.NONE));
    }

    /** What is done to what. */
    private record Deed(Subject subject, String cause, Counts counts) {

        String action() {
            String action = subject.kind() + "." + cause;
            return ACTION_BY_CAUSE.getOrDefault(action, action);
        }
    }

    private RevisionId revise(String subject, Deed deed, Instant now) {
        RevisionId revision = new RevisionId(reserve("revision", 1));
        handle.createUpdate(
                        "INSERT INTO revisions (number, task_id, cause, created_at) VALUES (:number, :task, :cause, :at)")
                .bind("number", revision.number())
                .bind("task", subject)
                .bind("cause", deed.cause())
                .bind("at", EpochMicros.of(now))
                .execute();
        tell(new AuditEvent("", now, origin, deed.action(), deed.subject(), Optional.of(revision), deed.counts()));
        return revision;
    }

    /** The number names the event, so that no other one does. */
    private void tell(AuditEvent event) {
        new AuditTable(handle).add(reserve("audit", 1), event);
    }
}
