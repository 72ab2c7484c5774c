// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.Policy;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A task's policy in a reply.
 *
 * @param targetCoverage share of label sets that contain the true label
 * @param minProbability answers below this probability are abstained from; null: never
 * @param cascadeRisk largest share of answers that may differ from the full ensemble's
 * @param abstainCost cost of not answering; null: abstention by cost is off
 * @param errorCosts cost of answering the inner label when the outer one is true
 * @param maxSourceShare largest share of the weight of a label's examples that one named source may have; null: sources
 *     are not told apart
 * @param drifts whether recent examples may count more
 */
public record PolicyView(
        double targetCoverage,
        @Nullable Double minProbability,
        double cascadeRisk,
        @Nullable Double abstainCost,
        Map<String, Map<String, Double>> errorCosts,
        @Nullable Double maxSourceShare,
        boolean drifts) {

    static PolicyView of(Policy policy) {
        return new PolicyView(
                policy.targetCoverage(),
                boxed(policy.minProbability()),
                policy.cascadeRisk(),
                boxed(policy.abstainCost()),
                policy.errorCosts(),
                boxed(policy.learning().maxSourceShare()),
                policy.learning().drifts());
    }

    private static @Nullable Double boxed(OptionalDouble value) {
        return value.isPresent() ? (Double) value.getAsDouble() : null;
    }
}
