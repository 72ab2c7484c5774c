// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

/** Losses of the same examples by two ways to answer them. */
final class PairedLosses {
    /** One-sided, at 5 %. */
    private static final double SIGNIFICANT = 1.645;

    private static final double ROUNDING = 1e-12;

    private PairedLosses() {}

    /** Whether the mean rises by more than chance makes likely. */
    static boolean riseSignificantly(double[] before, double[] after) {
        int count = before.length;
        double mean = 0;
        for (int i = 0; i < count; i++) {
            mean += (after[i] - before[i]) / count;
        }
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double away = after[i] - before[i] - mean;
            squares += away * away;
        }
        double error = Math.sqrt(squares / Math.max(1, count - 1) / Math.max(1, count));
        return count > 1 && mean > ROUNDING && mean > SIGNIFICANT * error;
    }
}
