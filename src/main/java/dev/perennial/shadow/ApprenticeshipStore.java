// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.task.TaskId;
import java.util.List;
import java.util.Optional;

/**
 * Port: where apprenticeships are kept, one of a task at most. It is of the same store as the tasks, and keeps to the
 * same promises. Beginning, changing and ending are told by audit events. Removing a task removes its own. Safe for
 * concurrent use.
 */
public interface ApprenticeshipStore {
    /**
     * Keeps an apprenticeship in the place of the task's former one.
     *
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task
     */
    void put(Apprenticeship apprenticeship);

    /** Keeps what was counted of a running one; one that has ended or is gone stays as it is. */
    void keep(Apprenticeship apprenticeship);

    /** Keeps the end of a running one; one that has ended or is gone stays as it is. */
    void end(Apprenticeship apprenticeship);

    /** That of a task, which may have ended. */
    Optional<Apprenticeship> find(TaskId task);

    /** Those of all tasks that go on. */
    List<Apprenticeship> running();
}
