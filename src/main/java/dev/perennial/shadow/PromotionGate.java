// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.util.Optional;

/** What a candidate has to pass before it may serve. Safe for concurrent use. */
public interface PromotionGate {

    /** Whether a task has a suite by which candidates can be judged. */
    boolean isAsked(TaskId task);

    /** How much of a task's accuracy a candidate may lose, in (0, 1). */
    double accuracyLoss(TaskId task);

    /**
     * Asks a task's suite of a revision and of what serves, and promotes the revision in the place of the very one that
     * it was compared with; the report is kept.
     *
     * @param promotion has it serve
     * @return why the revision may not serve; empty when it was promoted
     * @throws dev.perennial.refusal.Refusal.NotFound when the task has no suite
     * @throws dev.perennial.refusal.Refusal.Conflict when the suite or the revision cannot be used, or what serves was
     *     changed meanwhile
     */
    Optional<String> objection(TaskId task, RevisionId candidate, Runnable promotion);
}
