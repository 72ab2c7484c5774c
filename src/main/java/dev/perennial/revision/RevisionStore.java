// SPDX-License-Identifier: Apache-2.0
package dev.perennial.revision;

import dev.perennial.revision.Served.MemberPin;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Example;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.TeachingOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The history of tasks: what they were at each revision, and what revisions are called. It is of the same store as the
 * tasks (see {@link dev.perennial.task.TaskStore}), and keeps to the same promises: every change is one transaction
 * that is on disk when the method returns, and nothing has changed when it throws. Safe for concurrent use.
 */
public interface RevisionStore {
    /** Name of the revision that answers. */
    String SERVING = "serving";

    /** Name of the revision that was staged last. */
    String CANDIDATE = "candidate";

    /**
     * What going back to a revision did.
     *
     * @param task as it is now
     * @param removed ids of the examples that were set aside
     * @param returned the examples that are there again
     */
    record Restored(StoredTask task, Set<String> removed, List<Example> returned) {}

    /** At most {@code limit} revisions of a task that are earlier than {@code before}, latest first. */
    List<Revision> page(TaskId id, RevisionId before, int limit);

    /** A revision of a task; empty when it is none, or of another one, or of a task that is removed. */
    Optional<Revision> find(TaskId id, RevisionId revision);

    /** What the task was at a revision; empty when there is no such revision of it. */
    Optional<TaskState> state(TaskId id, RevisionId revision);

    /** Vectors of the examples that were taught at a revision, by example id; those that are missing are not there. */
    Map<String, float[]> vectors(TaskId id, RevisionId revision, String memberDigest);

    /**
     * Keeps what answers by a revision; what is kept of it already stays. A loss of power right after it may undo it,
     * the end of the process does not.
     */
    void keep(TaskId id, RevisionId revision, Served served);

    /**
     * Makes a task what it was at a revision, but for what was erased since, and notes it in the history of the alias
     * {@code serving}. What was taught in between is set aside, and comes back when one goes back to a revision that
     * has it.
     *
     * @param named the revision that serves from now on, by the history of the alias: the target, or empty where the
     *     state is another one than it was then
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task or revision
     */
    default Restored restore(TaskId id, RevisionId target, Optional<RevisionId> named) {
        return restore(id, target, named, List.of());
    }

    /**
     * The same, with members of its own from now on.
     *
     * @param pins that answer the task from now on; empty: those that it would have anyway
     */
    Restored restore(TaskId id, RevisionId target, Optional<RevisionId> named, List<MemberPin> pins);

    /** The tasks with members of their own, since they went back to a revision that had these. */
    Map<TaskId, List<MemberPin>> pins();

    /** Has tasks be answered by the members that they would have anyway. */
    void unpin(Set<TaskId> tasks);

    /** Digests of the members that answered a task by a revision that is kept. */
    Set<String> membersThen(TaskId id);

    /**
     * What staging did.
     *
     * @param task as it is now; its state is what it was
     * @param outcome what the candidate was taught; its revision is the candidate
     */
    record Staged(StoredTask task, TeachingOutcome outcome) {}

    /**
     * Makes a revision that serves nothing and is called {@code candidate}: what the task was at a revision, taught
     * some more. What the task is stays as it is. Nothing is erased by it: what teachings replace is set aside.
     *
     * @param base what the candidate is made from; empty: what the task is now
     * @param serving the revision by which the task answers, and goes on answering
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task or revision
     */
    Staged stage(TaskId id, List<EncodedTeaching> teachings, Optional<RevisionId> base, RevisionId serving);

    /** What names name now, by name; {@code serving} is not among them unless it was ever said. */
    Map<String, RevisionId> aliases(TaskId id);

    /**
     * Has a name name a revision, or nothing.
     *
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task
     */
    AliasChange alias(TaskId id, String alias, Optional<RevisionId> revision);

    /** At most {@code limit} changes of a name that are earlier than {@code before}, latest first. */
    List<AliasChange> history(TaskId id, String alias, long before, int limit);
}
