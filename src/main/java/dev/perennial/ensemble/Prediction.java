// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.knowledge.LinkedEntity;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The answer to one input.
 *
 * @param label the most probable label; empty when abstained, when there is no label, and for regression
 * @param probability calibrated probability of the most probable label; empty for regression
 * @param labels the most probable labels, most probable first
 * @param labelSet classification: the conformal set at the task's coverage, empty when no label reaches it; multilabel:
 *     the labels that apply
 * @param abstained whether the policy says "none of these"
 * @param score the predicted score; present exactly for regression
 * @param stage how far the cascade went
 * @param membersUsed ids of the members that voted
 * @param truncated whether a member could not read the whole input
 * @param explanation why, when it was asked for
 * @param odds the probabilities of all labels in short
 */
public record Prediction(
        Optional<String> label,
        OptionalDouble probability,
        List<LabelProbability> labels,
        List<String> labelSet,
        boolean abstained,
        OptionalDouble score,
        String stage,
        List<String> membersUsed,
        boolean truncated,
        Optional<Explanation> explanation,
        Odds odds) {
    public Prediction {
        labels = List.copyOf(labels);
        labelSet = List.copyOf(labelSet);
        membersUsed = List.copyOf(membersUsed);
    }

    /** The same, of which nothing is told but who gave it. */
    Prediction silenced() {
        return new Prediction(
                Optional.empty(),
                OptionalDouble.empty(),
                List.of(),
                List.of(),
                true,
                OptionalDouble.empty(),
                stage,
                membersUsed,
                truncated,
                Optional.empty(),
                Odds.NONE);
    }

    /** The same, with the entities that its explanation names. */
    Prediction naming(List<LinkedEntity> entities) {
        return new Prediction(
                label,
                probability,
                labels,
                labelSet,
                abstained,
                score,
                stage,
                membersUsed,
                truncated,
                explanation.map(why -> why.with(entities)),
                odds);
    }
}
