// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.Policy;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task's policy in a reply.
 *
 * @param targetCoverage share of label sets that contain the true label
 * @param minProbability answers below this probability are abstained from; null: never
 * @param cascadeRisk largest share of answers that may differ from the full ensemble's
 * @param abstainCost cost of not answering; null: abstention by cost is off
 * @param errorCosts cost of answering the inner label when the outer one is true
 */
public record PolicyView(
        double targetCoverage,
        @Nullable Double minProbability,
        double cascadeRisk,
        @Nullable Double abstainCost,
        Map<String, Map<String, Double>> errorCosts) {

    static PolicyView of(Policy policy) {
        return new PolicyView(
                policy.targetCoverage(),
                policy.minProbability().isPresent() ? policy.minProbability().getAsDouble() : null,
                policy.cascadeRisk(),
                policy.abstainCost().isPresent() ? policy.abstainCost().getAsDouble() : null,
                policy.errorCosts());
    }
}
