// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

/**
 * The cosine in elementary operations alone, so that every machine gives the same bits and a loop over many angles is
 * compiled to vector instructions: {@link Math#cos} promises neither.
 */
public final class Cosine {
    private static final double TURN = 2 * Math.PI;

    private Cosine() {}

    /**
     * {@code cos(2 pi turns)}, with an error below 1e-9 for angles up to a million turns.
     *
     * @param turns the angle; 1 is a full turn
     */
    public static double ofTurns(double turns) {
        double reduced = turns - Math.rint(turns);
        double x = TURN * (0.25 - Math.abs(reduced));
        double square = x * x;
        // Taylor series of the sine; its next term is below 1e-9 within a quarter turn.
        double series = 1 / 6227020800.0;
        series = series * square - 1 / 39916800.0;
        series = series * square + 1 / 362880.0;
        series = series * square - 1 / 5040.0;
        series = series * square + 1 / 120.0;
        series = series * square - 1 / 6.0;
        return x + x * square * series;
    }
}
