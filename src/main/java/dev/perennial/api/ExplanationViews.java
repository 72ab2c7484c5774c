// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.perennial.ensemble.Explanation;
import dev.perennial.knowledge.GraphId;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The parts of an explanation in a reply. */
final class ExplanationViews {
    private ExplanationViews() {}

    /** What one member says on its own, and its share in the combination. */
    @Schema(name = "MemberVote")
    record Member(
            String member,
            @Nullable String label,
            @Nullable Double probability,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double score,

            double weight) {}

    /** A taught example near the input. */
    @Schema(name = "Neighbour")
    record Neighbour(
            String exampleId,
            String text,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String textPair,

            @Nullable String label,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<String> labels,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double score,

            double similarity,
            double influence) {}

    /** An entity of a knowledge graph that the input mentions. */
    @Schema(name = "LinkedEntity")
    record Entity(String graph, String entity, String label, String mention, double weight) {}

    /** The answer with one member, or one knowledge graph, left out. */
    @Schema(name = "AnswerWithout")
    record Without(
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String member,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String graph,

            @Nullable String label,
            @Nullable Double probability,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double score) {}

    static List<Member> members(Explanation explanation) {
        return explanation.members().stream()
                .map(vote -> new Member(
                        vote.member(),
                        vote.label().orElse(null),
                        PredictionView.number(vote.probability()),
                        PredictionView.number(vote.score()),
                        vote.weight()))
                .toList();
    }

    static List<Neighbour> neighbours(Explanation explanation) {
        return explanation.neighbours().stream()
                .map(ExplanationViews::neighbour)
                .toList();
    }

    static List<Entity> entities(Explanation explanation) {
        return explanation.entities().stream()
                .map(link -> new Entity(link.graph(), link.entity(), link.label(), link.mention(), link.weight()))
                .toList();
    }

    static List<Without> without(Explanation explanation) {
        return explanation.without().stream()
                .map(answer -> new Without(
                        answer.graph() ? null : answer.member(),
                        answer.graph() ? GraphId.ofMember(answer.member()).value() : null,
                        answer.label().orElse(null),
                        PredictionView.number(answer.probability()),
                        PredictionView.number(answer.score())))
                .toList();
    }

    private static Neighbour neighbour(Explanation.Neighbour near) {
        List<String> labels = near.labels();
        return new Neighbour(
                near.exampleId(),
                near.text(),
                near.textPair().orElse(null),
                labels.isEmpty() ? null : labels.get(0),
                labels.size() > 1 ? labels : null,
                PredictionView.number(near.score()),
                near.similarity(),
                near.influence());
    }
}
