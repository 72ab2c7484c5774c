// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.task.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where answers are kept for feedback. What is kept of a task goes with it; when an example is erased, what is kept of
 * the same input is, so that its bytes are no longer in the store's files. Safe for concurrent use. Throws
 * {@link dev.perennial.refusal.Refusal.StoreUnavailable} when the store cannot be read or written now.
 */
public interface PredictionStore {

    /**
     * How much is kept; the oldest go first, some at a time, so that a few less may be there.
     *
     * @param rows most answers; 0: nothing is kept, and what was kept before is erased
     * @param bytes most bytes, as {@link KeptPrediction#bytes} tells them
     * @param age how long an answer is there at least, if there is room; a seventh longer at most
     */
    record Bounds(long rows, long bytes, Duration age) {
        public Bounds {
            if (rows < 0 || bytes < 0 || age.isNegative()) {
                throw new IllegalArgumentException("bounds are not negative");
            }
        }
    }

    /** What is there. */
    record Size(long rows, long bytes) {}

    /**
     * Keeps answers of tasks that are there, and leaves out others, also those of a task that another of its name has
     * followed. Deletes what is too old or too much.
     */
    void keep(List<KeptPrediction> predictions, Bounds bounds, Instant now);

    /** The answer of an id, while it is there. */
    Optional<KeptPrediction> find(String id);

    /** Vectors of a task's latest answers by one member, at most so many, in no order. */
    List<ByteVector> vectors(TaskId task, String member, int latest);

    /** The tasks whose texts are kept. */
    Set<TaskId> keepingTexts();

    /**
     * Has texts of a task kept from now on, or not any more: then those that were are erased.
     *
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task
     */
    void keepTexts(TaskId task, boolean wanted, Instant now);

    Size size();
}
