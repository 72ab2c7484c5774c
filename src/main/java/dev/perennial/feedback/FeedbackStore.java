// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.task.Answer;
import dev.perennial.task.ContentKey;
import dev.perennial.task.TaskId;
import java.time.Instant;
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

    /**
     * A right answer as it was taught last.
     *
     * @param task which was taught
     * @param key digest of what was asked
     * @param answer the right one
     * @param exampleId by which it was taught
     * @param at when
     */
    record Truth(TaskId task, ContentKey key, Answer answer, String exampleId, Instant at) {}

    /**
     * Says anew what should have been said in mistakes that were corrected by an example which this truth replaced: one
     * about the same input, of the same external id and source. What was no mistake by this truth is erased.
     */
    void correct(Truth truth);

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
