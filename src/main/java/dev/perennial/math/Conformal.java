// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import java.util.Arrays;

/** Quantiles for conformal prediction. */
public final class Conformal {
    private Conformal() {}

    /**
     * The {@code ceil((n+1) coverage)}-th smallest of {@code n} held-out scores: a new score, exchangeable with them,
     * is at most this with probability {@code coverage} or more. Infinite when there are too few scores to say.
     */
    public static double quantile(double[] scores, double coverage) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        int rank = (int) Math.ceil((sorted.length + 1) * coverage);
        return rank > sorted.length ? Double.POSITIVE_INFINITY : sorted[Math.max(rank, 1) - 1];
    }
}
