// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

/**
 * How many standard errors a mean has to be above zero for chance to be an unlikely reason: the one-sided quantile of
 * Student's t, by the normal quantile (Abramowitz and Stegun 26.2.23, to 0.0005) and its expansion in the degrees of
 * freedom (26.7.5). At a level of 5 % in all, however many means are looked at (Bonferroni).
 */
public final class ChanceBar {
    private static final double LEVEL = 0.05;

    private ChanceBar() {}

    /**
     * @param tries how many means are looked at, of which one may pass by chance
     * @param examples of each; at least two
     */
    public static double standardErrors(int tries, int examples) {
        double z = normal(LEVEL / Math.max(1, tries));
        double freedom = examples - 1.0;
        double cubed = z * z * z;
        double first = (cubed + z) / 4;
        double second = (5 * cubed * z * z + 16 * cubed + 3 * z) / 96;
        return z + first / freedom + second / (freedom * freedom);
    }

    private static double normal(double tail) {
        double t = Math.sqrt(-2 * Math.log(tail));
        double above = 2.515517 + t * (0.802853 + t * 0.010328);
        double below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
        return t - above / below;
    }
}
