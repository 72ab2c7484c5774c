// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.feedback.Mistake;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A wrong answer that was corrected, in a reply.
 *
 * @param id {@code mi_...}
 * @param task whose
 * @param correctedAt when
 * @param answered what had been answered
 * @param right what should have been
 * @param probability of the most probable label
 * @param revision that had answered
 * @param stage how far the cascade had gone
 * @param predictionId of the answer; null where the text itself was sent
 * @param exampleId the example by which it was corrected, which holds the text as long as it is taught
 */
@Schema(name = "Mistake")
public record MistakeView(
        String id,
        String task,
        Instant correctedAt,
        AnswerView answered,
        AnswerView right,
        @Nullable Double probability,
        String revision,
        String stage,
        @Nullable String predictionId,
        String exampleId) {

    static MistakeView of(Mistake mistake) {
        Mistake.Said said = mistake.said();
        return new MistakeView(
                mistake.id(),
                mistake.task().value(),
                mistake.at(),
                AnswerView.of(said.answered().orElse(null)),
                AnswerView.of(said.right()),
                PredictionView.number(said.probability()),
                said.revision().toString(),
                said.stage(),
                said.predictionId().orElse(null),
                mistake.exampleId());
    }
}
