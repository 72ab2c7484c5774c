// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.shadow.Difference;
import dev.perennial.shadow.SaidAnswer;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An input that a candidate answered differently, without its text.
 *
 * @param at when
 * @param predictionId of the answer that was given
 * @param fingerprint equal for equal inputs until the service stops; says nothing else of them
 * @param serving what serves said
 * @param candidate what the candidate said
 * @param canary whether the candidate's answer was the one that was given
 */
@Schema(name = "ShadowDifference")
record DifferenceView(
        Instant at, String predictionId, String fingerprint, SaidView serving, SaidView candidate, boolean canary) {

    /** One of the two answers. */
    @Schema(name = "ShadowAnswer")
    record SaidView(
            @Nullable String label,
            @Nullable Double probability,
            List<String> labelSet,
            @Nullable Double score) {
        static SaidView of(SaidAnswer answer) {
            return new SaidView(
                    answer.label().orElse(null),
                    PredictionView.number(answer.probability()),
                    answer.labels(),
                    PredictionView.number(answer.score()));
        }
    }

    static DifferenceView of(Difference difference) {
        return new DifferenceView(
                difference.at(),
                difference.prediction(),
                difference.fingerprint(),
                SaidView.of(difference.serving()),
                SaidView.of(difference.candidate()),
                difference.canary());
    }
}
