// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import java.util.List;

/**
 * The probabilities of all labels in short: the largest ones with their labels, and sums over all. Enough to score an
 * answer when its truth is known.
 *
 * @param most the most probable labels, most probable first
 * @param labels how many labels there were
 * @param sum of the probabilities of all labels: 1 where only one applies
 * @param squares sum of their squares
 */
public record Odds(List<LabelProbability> most, int labels, double sum, double squares) {
    /** Of what has no labels. */
    public static final Odds NONE = new Odds(List.of(), 0, 0, 0);

    /** The truth is among as many in nearly all cases, and more would make kept answers larger. */
    static final int MOST = 5;

    public Odds {
        most = List.copyOf(most);
        if (labels < most.size()) {
            throw new IllegalArgumentException("odds name labels that there are not");
        }
    }

    /** @param most the most probable ones of those that {@code probabilities} are of */
    static Odds of(List<LabelProbability> most, double[] probabilities) {
        double sum = 0;
        double squares = 0;
        for (double probability : probabilities) {
            sum += probability;
            squares += probability * probability;
        }
        return new Odds(most, probabilities.length, sum, squares);
    }

    /** Probability of a label; of one that is not named, the mean of all that are not. */
    public double of(String label) {
        return most.stream()
                .filter(one -> one.label().equals(label))
                .mapToDouble(LabelProbability::probability)
                .findFirst()
                .orElseGet(this::other);
    }

    /** Mean probability of the labels that are not named. */
    public double other() {
        double named = most.stream().mapToDouble(LabelProbability::probability).sum();
        int others = labels - most.size();
        return others == 0 ? 0 : Math.min(1, Math.max(0, sum - named) / others);
    }
}
