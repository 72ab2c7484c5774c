// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.task.TaskId;
import java.util.List;
import java.util.Optional;

/**
 * Where it is kept how good answers were, and which were mistakes. Everything of a task goes with it; mistakes go with
 * an example about the same input, when that is erased, so that their bytes are no longer in the store's files. Safe
 * for concurrent use. Throws {@link dev.perennial.refusal.Refusal.StoreUnavailable} when the store cannot be read or
 * written now.
 */
public interface FeedbackStore {

    /** How much is kept of a task; the oldest go first. */
    record Bounds(int answers, int mistakes) {}

    /**
     * Keeps an answer that was tested, and the mistake that it was. An answer is tested once: what is said again of the
     * same prediction id neither counts nor is a second mistake.
     *
     * @param mistake its id is given here
     * @return whether the answer counts
     */
    boolean keep(TestedAnswer answer, Optional<Mistake> mistake, Bounds bounds);

    /** The latest answers of a task that were tested, at most so many, oldest first. */
    List<TestedAnswer> latest(TaskId task, int most);

    /**
     * Mistakes, latest first.
     *
     * @param task of which; empty: of all
     * @param before those before the mistake of this id; empty: the latest
     */
    List<Mistake> mistakes(Optional<TaskId> task, String before, int limit);

    /** How many mistakes of a task are kept. */
    long mistakes(TaskId task);
}
