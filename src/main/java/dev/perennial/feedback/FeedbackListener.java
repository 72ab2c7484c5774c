// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.Optional;

/**
 * Port: told of each feedback once, when it has been taught; not of repetitions of a request. Implementations are
 * thread-safe and quick, and do not throw.
 */
@FunctionalInterface
public interface FeedbackListener {
    /** Ignores everything. */
    FeedbackListener NONE = given -> {};

    /**
     * What was said of an answer.
     *
     * @param task whose answer
     * @param predictionId the answer's id, {@code pr_...}; empty where the input itself was sent, and answered only to
     *     be compared
     * @param input what had been asked
     * @param answered what had been answered; empty where the task had abstained
     * @param right what should have been
     * @param wasRight whether that is the same
     * @param keptAt when the answer was given, where that is known of the prediction log alone, as it is after a
     *     restart, and feedback speaks of it for the first time
     */
    record Given(
            TaskId task,
            Optional<String> predictionId,
            Input input,
            Optional<Answer> answered,
            Answer right,
            boolean wasRight,
            Optional<Instant> keptAt) {}

    /** Feedback was taught. */
    void given(Given feedback);

    /** Tells another one as well, after this one. */
    default FeedbackListener and(FeedbackListener other) {
        return feedback -> {
            given(feedback);
            other.given(feedback);
        };
    }
}
