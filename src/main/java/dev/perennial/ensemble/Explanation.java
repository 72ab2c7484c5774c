// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.knowledge.LinkedEntity;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Why an answer is what it is.
 *
 * @param members what each part of the ensemble says on its own, and how much it counts
 * @param neighbours the taught examples nearest to the input, nearest first
 * @param entities what knowledge graphs have read in the input; of weight 0 where the answer does not listen to its
 *     graph
 * @param without what the answer would be with one member left out
 */
public record Explanation(
        List<Vote> members, List<Neighbour> neighbours, List<LinkedEntity> entities, List<Without> without) {
    public Explanation {
        members = List.copyOf(members);
        neighbours = List.copyOf(neighbours);
        entities = List.copyOf(entities);
        without = List.copyOf(without);
    }

    /** The same with what graphs have read. */
    Explanation with(List<LinkedEntity> linked) {
        return new Explanation(members, neighbours, linked, without);
    }

    /**
     * One part's own answer.
     *
     * @param member id of the member, or {@code joint} for the head that sees all members at once
     * @param label its most probable label; empty for regression
     * @param probability probability of that label; empty for regression
     * @param score its score; present exactly for regression
     * @param weight its share in the combination; weights add up to 1
     */
    public record Vote(
            String member, Optional<String> label, OptionalDouble probability, OptionalDouble score, double weight) {}

    /**
     * A taught example near the input.
     *
     * @param exampleId its id
     * @param text its text
     * @param textPair its second text, for pair tasks
     * @param labels what was taught, as label names; empty for regression
     * @param score what was taught, for regression
     * @param similarity mean cosine between the members' centred embeddings of the input and of the example
     * @param influence signed share of the answer's joint score that this example contributes
     */
    public record Neighbour(
            String exampleId,
            String text,
            Optional<String> textPair,
            List<String> labels,
            OptionalDouble score,
            double similarity,
            double influence) {}

    /**
     * The answer with {@code member} left out and the other members' weights scaled up.
     *
     * @param graph whether it is a knowledge graph
     */
    public record Without(
            String member, boolean graph, Optional<String> label, OptionalDouble probability, OptionalDouble score) {}
}
