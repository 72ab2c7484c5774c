// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.task.Answer;
import dev.perennial.task.ContentKey;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A wrong answer that was corrected. Holds no text: that is in the example by which it was corrected, as long as that
 * is taught.
 *
 * @param id {@code mi_...}; ids of later mistakes are greater
 * @param task whose
 * @param at when it was corrected, to the microsecond
 * @param said what was wrong
 * @param exampleId the example by which it was corrected
 * @param key digest of what had been asked
 * @param vector of what had been asked, if an encoder could read it
 */
public record Mistake(
        String id, TaskId task, Instant at, Said said, String exampleId, ContentKey key, Optional<ByteVector> vector) {

    /**
     * What was said, and what should have been.
     *
     * @param answered what was said; empty where the task had abstained
     * @param right what should have been said
     * @param probability of the most probable label
     * @param revision that had answered
     * @param stage how far the cascade had gone
     * @param predictionId of the answer; empty where the input itself was sent
     */
    public record Said(
            Optional<Answer> answered,
            Answer right,
            OptionalDouble probability,
            RevisionId revision,
            String stage,
            Optional<String> predictionId) {}
}
