// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The walk of a teaching: encode, store in one transaction, learn, activate. Everything that changes a task goes
 * through here; changes of one task follow one another, changes of different tasks run side by side. Safe for
 * concurrent use.
 */
public final class Teacher {

    public Teacher(TaskStore store, Encoders encoders, ActiveEnsembles active) {}

    /** Learns every stored task and activates it. Called once, before the first request. */
    public void restore() {
        throw new UnsupportedOperationException();
    }

    /**
     * Creates a task or replaces its definition; examples and an earlier policy stay.
     *
     * @throws dev.perennial.refusal.Refusal.Conflict when the task holds examples of another kind, or outside the new
     *     score range
     */
    public TaskStore.Defined define(Task task) {
        throw new UnsupportedOperationException();
    }

    /** Replaces a task's policy; answers follow it at once. */
    public TaskStore.Defined setPolicy(TaskId id, Policy policy) {
        throw new UnsupportedOperationException();
    }

    /** Removes a task and everything it was taught. */
    public RevisionId remove(TaskId id) {
        throw new UnsupportedOperationException();
    }

    /**
     * Teaches. When this returns, the teachings are on disk and the task's serving ensemble has learnt them.
     *
     * @param idempotency stored with the reply, when the client sent a key; checking it beforehand is the caller's part
     * @param reply what to answer, given the outcome
     */
    public TeachingOutcome teach(
            TaskId id,
            List<Teaching> teachings,
            Optional<Idempotency> idempotency,
            Function<TeachingOutcome, Idempotency.Reply> reply) {
        throw new UnsupportedOperationException();
    }

    /** Erases an example and everything learnt from it. */
    public Unlearned forget(TaskId id, String exampleId) {
        throw new UnsupportedOperationException();
    }

    /**
     * The examples taught as {@code actual} that the ensemble which never saw them predicts as {@code predicted}.
     * Leave-one-out predictions of all examples are computed for this, which takes time for large tasks.
     */
    public List<Confusion> confusions(TaskId id, String actual, String predicted) {
        throw new UnsupportedOperationException();
    }
}
