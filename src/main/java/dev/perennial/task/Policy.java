// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * How a task trades answering against being wrong.
 *
 * @param targetCoverage share of label sets that contain the true label, in (0, 1)
 * @param minProbability answers below this probability are abstained from; empty: never on this ground
 * @param cascadeRisk largest share of answers that may differ from the full ensemble's, in [0, 1)
 * @param abstainCost cost of not answering, in the unit of the error costs; empty: abstention by cost is off
 * @param errorCosts cost of answering the inner key when the outer key is true; a missing pair costs 1, a right answer
 *     0
 */
public record Policy(
        double targetCoverage,
        OptionalDouble minProbability,
        double cascadeRisk,
        OptionalDouble abstainCost,
        Map<String, Map<String, Double>> errorCosts) {
    public static final Policy DEFAULT =
            new Policy(0.9, OptionalDouble.empty(), 0.01, OptionalDouble.empty(), Map.of());

    public Policy {
        errorCosts = Map.copyOf(errorCosts);
    }
}
