// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import java.util.Arrays;

/**
 * Finds the factor of {@link MergeRule.LciaCode} with which tensors of a given size are averaged at a wanted rate, so
 * that the rule can be used on tensors that are thousands of times smaller than those for which it was published.
 */
public final class FactorSearch {
    /** Of the new values, the rate to which the published fallback leads. */
    public static final double USUAL_SHARE = 0.01;

    private FactorSearch() {}

    /**
     * The factor with which the median share of the new values, the upper one of an even number of steps, is the one
     * wanted.
     *
     * @param unscaled shares of the new values that the rule gave at some steps with the factor 1
     * @param wanted in (0, 1)
     * @return 1 when there are no steps to look at
     */
    public static double factor(double[] unscaled, double wanted) {
        double[] usable = Arrays.stream(unscaled)
                .filter(share -> share > 0 && Double.isFinite(share))
                .sorted()
                .toArray();
        return usable.length == 0 ? 1 : wanted / usable[usable.length / 2];
    }
}
