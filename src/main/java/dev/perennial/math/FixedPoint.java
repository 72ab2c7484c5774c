// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

/**
 * Rounding to multiples of {@code 2^-12}, so that sums of products are exact.
 *
 * <p>A product of two such numbers, below 8 in magnitude, is a multiple of {@code 2^-24} below 64. A double holds 53
 * bits, so sums of such products are exact up to {@code 2^29} times a weight's finest unit, whatever their order: the
 * total weight is bounded by what is left of that after 64 a product. That makes a Gram matrix a function of the set of
 * its rows: adding in any order, in any batches, and subtracting again give the same bits.
 */
public final class FixedPoint {
    /** Sums over rows of this weight in all are exact when each weight is a multiple of {@link #QUARTER}. */
    public static final double LARGEST_TOTAL_WEIGHT = 0x1p21;

    /** Sums over rows of this weight in all are exact whatever the weights. */
    public static final double LARGEST_TOTAL_OF_FINE_WEIGHTS = 0x1p17;

    /** The unit of weights that may add up to much. */
    public static final double QUARTER = 0.25;

    private static final double QUANTUM = 0x1p-12;
    private static final double LIMIT = 8 - QUANTUM;
    private static final float ROUNDER = 0x1.8p11f;
    private static final double WEIGHT_QUANTUM = 0x1p-6;

    private FixedPoint() {}

    /** The nearest multiple of {@code 2^-12} in (-8, 8). */
    public static double round(double value) {
        double clamped = Math.max(-LIMIT, Math.min(LIMIT, value));
        return Math.rint(clamped / QUANTUM) * QUANTUM;
    }

    /** The nearest multiple of {@code 2^-12} in (-8, 8), which single precision holds exactly. */
    public static float round(float value) {
        float clamped = Math.max((float) -LIMIT, Math.min((float) LIMIT, value));
        // What is this large has no digits after the twelfth: adding it rounds, half to even.
        return (clamped + ROUNDER) - ROUNDER;
    }

    /** The nearest positive multiple of {@code 2^-6}. */
    public static double roundWeight(double weight) {
        return Math.max(WEIGHT_QUANTUM, Math.rint(weight / WEIGHT_QUANTUM) * WEIGHT_QUANTUM);
    }
}
