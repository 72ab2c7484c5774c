// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.util.List;
import java.util.Optional;

/**
 * Where suites are kept. A suite goes with its task. Every method that changes something is one transaction that is on
 * disk when the method returns. Safe for concurrent use.
 */
public interface SuiteStore {

    /** What putting a suite did. */
    record Placed(Suite suite, boolean created) {}

    /**
     * Stores a task's suite in the place of the former, whose text is then in no file any more. Nothing changes when
     * the rows are the same.
     *
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task
     */
    Placed put(TaskId task, List<Teaching> rows);

    Optional<Suite> suite(TaskId task);

    /** At most {@code limit} rows of a task's suite from a position on, in their order. */
    List<Suite.Row> rows(TaskId task, long from, int limit);

    /** Erases a task's suite; empty when it has none. */
    Optional<RevisionId> remove(TaskId task);
}
