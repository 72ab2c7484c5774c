// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where it is kept how well suites were answered. What is kept of a suite goes with it, when it is replaced or removed
 * or its task is: accuracies on other rows do not compare. Safe for concurrent use.
 */
public interface SuiteAccuracyStore {

    /**
     * What came of asking a suite once.
     *
     * @param task whose
     * @param revision that answered
     * @param suite digest of the suite
     * @param rows how many were asked, at least one
     * @param examples how many different examples the task had learnt; 0: it answered from its labels alone
     * @param accuracy mean of how right the answers were, in [0, 1]
     * @param recordedAt when, to the microsecond
     */
    record Asked(
            TaskId task,
            RevisionId revision,
            String suite,
            long rows,
            long examples,
            double accuracy,
            Instant recordedAt) {
        public Asked {
            if (rows < 1 || !(accuracy >= 0 && accuracy <= 1)) {
                throw new IllegalArgumentException("an accuracy is of some rows, and in [0, 1]");
            }
        }
    }

    /**
     * A step of learning.
     *
     * @param number later steps have greater ones, of any task; none is given twice
     * @param asked what came of it
     */
    record Step(long number, Asked asked) {}

    /**
     * A suite that is stored.
     *
     * @param task whose
     * @param digest of its rows
     * @param last when it was asked last; empty: never
     */
    record Stored(TaskId task, String digest, Optional<Step> last) {}

    /**
     * What is kept of a task beside the latest steps.
     *
     * @param first its first step
     * @param taught the first one after which it had learnt an example
     * @param before the last one before a given step
     */
    record Past(Optional<Step> first, Optional<Step> taught, Optional<Step> before) {}

    /**
     * Keeps what came of asking a suite, and of its task no more than the last steps.
     *
     * @param most how many steps a task has
     * @return whether it is kept: not when the task's suite is another one by now, or gone
     */
    boolean keep(Asked asked, int most);

    /** All suites, by task. */
    List<Stored> suites();

    /** The latest steps of any of these tasks, at most {@code limit}, oldest first. */
    List<Step> latest(Collection<TaskId> tasks, int limit);

    /** The past of a task, as seen from a step. */
    Past past(TaskId task, long step);
}
