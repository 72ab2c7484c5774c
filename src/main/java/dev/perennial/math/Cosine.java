// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

/**
 * The cosine in single precision and elementary operations alone, so that every machine gives the same bits and a loop
 * over many angles is compiled to vector instructions: {@link Math#cos} promises neither.
 */
public final class Cosine {
    private static final float TURN = (float) (2 * Math.PI);

    /** A float this large has no digits after the point: adding it rounds, half to even, where nothing else does. */
    private static final float ROUNDER = 0x1.8p23f;

    private Cosine() {}

    /**
     * {@code cos(2 pi turns)}, with an error below 1e-6 within a turn and below 1e-5 within ten.
     *
     * @param turns the angle, of less than a million turns; 1 is a full turn
     */
    public static float ofTurns(float turns) {
        float reduced = turns - ((turns + ROUNDER) - ROUNDER);
        float x = TURN * (0.25f - Math.abs(reduced));
        float square = x * x;
        // Taylor series of the sine; its next term is below 1e-7 within a quarter turn.
        float series = (float) (-1 / 39916800.0);
        series = series * square + (float) (1 / 362880.0);
        series = series * square - (float) (1 / 5040.0);
        series = series * square + (float) (1 / 120.0);
        series = series * square - (float) (1 / 6.0);
        return x + x * square * series;
    }
}
