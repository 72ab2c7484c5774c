// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

/** The upper tail of the normal distribution (Abramowitz and Stegun 26.2.23, to 0.0005). */
public final class NormalTail {
    private NormalTail() {}

    /**
     * How many standard deviations above the mean a tail begins.
     *
     * @param share of the distribution that it holds, in (0, 0.5]
     */
    public static double standardDeviations(double share) {
        double t = Math.sqrt(-2 * Math.log(share));
        double above = 2.515517 + t * (0.802853 + t * 0.010328);
        double below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
        return t - above / below;
    }
}
