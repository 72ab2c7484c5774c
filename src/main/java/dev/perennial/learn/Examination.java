// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import java.util.Arrays;
import java.util.Map;

/**
 * How one member by itself answers held-out examples of a task, and how far the cascade gets with it; of each example,
 * neither it nor its {@link Kin} were learnt.
 *
 * @param scores how right each answer is, in [0, 1]: 1 or 0 for the label; of several labels the share that is right; 1
 *     less the distance of a score
 * @param stages share of the examples that each stage answers in mode {@code auto}, cheapest first
 */
@SuppressWarnings("ArrayRecordComponent")
public record Examination(double[] scores, Map<String, Double> stages) {

    /** The mean score: for classification, the accuracy. */
    public double accuracy() {
        return Arrays.stream(scores).average().orElse(0);
    }
}
