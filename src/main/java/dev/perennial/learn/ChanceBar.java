// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.NormalTail;

/**
 * How many standard errors a mean has to be above zero for chance to be an unlikely reason: the one-sided quantile of
 * Student's t, by the normal quantile and its expansion in the degrees of freedom (Abramowitz and Stegun 26.7.5). At a
 * level of 5 % in all, however many means are looked at (Bonferroni).
 */
public final class ChanceBar {
    private static final double LEVEL = 0.05;

    private ChanceBar() {}

    /**
     * @param tries how many means are looked at, of which one may pass by chance
     * @param examples of each; at least two
     */
    public static double standardErrors(int tries, int examples) {
        double z = NormalTail.standardDeviations(LEVEL / Math.max(1, tries));
        double freedom = examples - 1.0;
        double cubed = z * z * z;
        double first = (cubed + z) / 4;
        double second = (5 * cubed * z * z + 16 * cubed + 3 * z) / 96;
        return z + first / freedom + second / (freedom * freedom);
    }
}
