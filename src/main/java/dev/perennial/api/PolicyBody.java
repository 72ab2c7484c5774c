// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A task's policy in a request; what is left out or null takes its default.
 *
 * @param targetCoverage share of label sets that are to contain the true label, in (0, 1); 0.9
 * @param minProbability abstain below this probability, in [0, 1]; never
 * @param cascadeRisk largest share of answers that may differ from the full ensemble's, in [0, 1); 0.01
 * @param abstainCost cost of not answering, in the unit of the error costs; off
 * @param errorCosts cost of answering the inner label when the outer one is true; 1 for a pair that is missing
 * @param maxSourceShare largest share of the weight of a label's examples that one named source may have, in (0, 1];
 *     sources are not told apart
 * @param drifts whether what is right may change with time, so that recent examples may count more; false
 */
@Schema(name = "Policy")
public record PolicyBody(
        @Nullable Double targetCoverage,
        @Nullable Double minProbability,
        @Nullable Double cascadeRisk,
        @Nullable Double abstainCost,
        @Nullable Map<String, @Nullable Map<String, @Nullable Double>> errorCosts,
        @Nullable Double maxSourceShare,
        @Nullable Boolean drifts) {}
