// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.learn.Suspect;
import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An example that was probably taught wrongly, in a reply.
 *
 * @param exampleId {@code ex_...}
 * @param example as it was taught
 * @param givenLabel the label that was taught
 * @param givenLabels the labels that were taught
 * @param givenScore the score that was taught
 * @param suggestedLabel the label that it probably has
 * @param suggestedLabels the labels that it probably has
 * @param suggestedScore the score that it probably has
 * @param probability of what was taught, as the ensemble that never saw it says
 * @param score how suspect it is, in [0, 1]
 * @param neighbours the taught examples nearest to it, nearest first
 */
@Schema(name = "Suspect")
public record SuspectView(
        String exampleId,
        ExampleView example,
        @Nullable String givenLabel,
        @Nullable List<String> givenLabels,
        @Nullable Double givenScore,
        @Nullable String suggestedLabel,
        @Nullable List<String> suggestedLabels,
        @Nullable Double suggestedScore,
        @Nullable Double probability,
        double score,
        List<NeighbourView> neighbours) {

    /** A taught example beside a suspect. */
    @Schema(name = "SuspectNeighbour")
    public record NeighbourView(
            String exampleId,
            @Nullable String label,
            @Nullable List<String> labels,
            @Nullable Double score,
            double similarity) {}

    static SuspectView of(Suspect suspect, Example example) {
        return new SuspectView(
                suspect.exampleId(),
                ExampleView.of(example),
                label(suspect.given()),
                labels(suspect.given()),
                score(suspect.given()),
                label(suspect.suggested()),
                labels(suspect.suggested()),
                score(suspect.suggested()),
                suspect.probability().isPresent()
                        ? (Double) suspect.probability().getAsDouble()
                        : null,
                suspect.score(),
                suspect.neighbours().stream().map(SuspectView::neighbour).toList());
    }

    private static NeighbourView neighbour(Suspect.Neighbour near) {
        return new NeighbourView(
                near.exampleId(), label(near.given()), labels(near.given()), score(near.given()), near.similarity());
    }

    private static @Nullable String label(Answer answer) {
        return answer instanceof Answer.OneLabel one ? one.label() : null;
    }

    private static @Nullable List<String> labels(Answer answer) {
        return answer instanceof Answer.Labels many ? many.labels() : null;
    }

    private static @Nullable Double score(Answer answer) {
        return answer instanceof Answer.Score score ? (Double) score.score() : null;
    }
}
