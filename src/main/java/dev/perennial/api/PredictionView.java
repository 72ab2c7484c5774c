// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.perennial.ensemble.LabelProbability;
import dev.perennial.ensemble.Prediction;
import java.util.List;
import java.util.OptionalDouble;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An answer in a reply.
 *
 * @param id {@code pr_...}, to give feedback on it
 * @param label the most probable label; null when abstained and for regression
 * @param probability its calibrated probability; null for regression
 * @param labels the most probable labels, most probable first
 * @param labelSet the labels that contain the true one at the task's coverage; multilabel: those that apply
 * @param abstained whether the policy says "none of these"
 * @param score the predicted score, for regression
 * @param stage how far the cascade went
 * @param membersUsed the members that voted
 * @param truncated whether the input was longer than a member can read
 * @param members what each member says on its own, when asked to explain
 * @param neighbours the nearest taught examples, when asked to explain
 * @param entities linked entities of knowledge graphs, when asked to explain
 * @param without the answer with one member left out, when asked to explain
 * @param revision the revision that answered, where it is not the one that the reply names: a candidate's
 * @param apprentice true when the task answers silently yet, so that nothing is told; missing otherwise
 */
@Schema(name = "Prediction")
public record PredictionView(
        String id,
        @Nullable String label,
        @Nullable Double probability,
        List<LabelProbability> labels,
        List<String> labelSet,
        boolean abstained,
        @Nullable Double score,
        String stage,
        List<String> membersUsed,
        boolean truncated,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<ExplanationViews.Member> members,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<ExplanationViews.Neighbour> neighbours,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<ExplanationViews.Entity> entities,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<ExplanationViews.Without> without,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String revision,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean apprentice) {

    /** How an answer was given. */
    record Manner(@Nullable String revision, boolean silent) {}

    static PredictionView of(String id, Prediction prediction, Manner manner) {
        return new PredictionView(
                id,
                prediction.label().orElse(null),
                number(prediction.probability()),
                prediction.labels(),
                prediction.labelSet(),
                prediction.abstained(),
                number(prediction.score()),
                prediction.stage(),
                prediction.membersUsed(),
                prediction.truncated(),
                prediction.explanation().map(ExplanationViews::members).orElse(null),
                prediction.explanation().map(ExplanationViews::neighbours).orElse(null),
                prediction.explanation().map(ExplanationViews::entities).orElse(null),
                prediction.explanation().map(ExplanationViews::without).orElse(null),
                manner.revision(),
                manner.silent() ? Boolean.TRUE : null);
    }

    static @Nullable Double number(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }
}
