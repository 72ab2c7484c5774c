// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * How a task trades answering against being wrong, and which of its examples it trusts.
 *
 * @param targetCoverage share of label sets that contain the true label, in (0, 1)
 * @param minProbability answers below this probability are abstained from; empty: never on this ground
 * @param cascadeRisk largest share of answers that may differ from the full ensemble's, in [0, 1)
 * @param abstainCost cost of not answering, in the unit of the error costs; empty: abstention by cost is off
 * @param errorCosts cost of answering the inner key when the outer key is true; a missing pair costs 1, a right answer
 *     0
 * @param learning how much examples count
 */
public record Policy(
        double targetCoverage,
        OptionalDouble minProbability,
        double cascadeRisk,
        OptionalDouble abstainCost,
        Map<String, Map<String, Double>> errorCosts,
        Learning learning) {
    public static final Policy DEFAULT =
            new Policy(0.9, OptionalDouble.empty(), 0.01, OptionalDouble.empty(), Map.of());

    /**
     * How much a task's examples count.
     *
     * @param maxSourceShare largest share of the weight of a label's examples that one named source may have, in (0,
     *     1]; empty: sources are not told apart
     * @param drifts whether what is right may change with time, so that recent examples may count more
     */
    public record Learning(OptionalDouble maxSourceShare, boolean drifts) {
        /** All examples count as they say. */
        public static final Learning PLAIN = new Learning(OptionalDouble.empty(), false);
    }

    public Policy {
        errorCosts = Map.copyOf(errorCosts);
    }

    /** A policy by which all examples count as they say. */
    public Policy(
            double targetCoverage,
            OptionalDouble minProbability,
            double cascadeRisk,
            OptionalDouble abstainCost,
            Map<String, Map<String, Double>> errorCosts) {
        this(targetCoverage, minProbability, cascadeRisk, abstainCost, errorCosts, Learning.PLAIN);
    }

    /** The same with other terms of learning. */
    public Policy withLearning(Learning other) {
        return new Policy(targetCoverage, minProbability, cascadeRisk, abstainCost, errorCosts, other);
    }
}
