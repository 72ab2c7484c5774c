// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

/** The fast Walsh-Hadamard transform. */
public final class Hadamard {
    private Hadamard() {}

    /** Multiplies by the matrix of plus and minus ones, in place, in {@code n log n}; the length is a power of two. */
    public static void transform(float[] values) {
        if (Integer.bitCount(values.length) != 1) {
            throw new IllegalArgumentException("the length is a power of two");
        }
        int half = 1;
        if ((Integer.numberOfTrailingZeros(values.length) & 1) == 1) {
            pairs(values);
            half = 2;
        }
        // Two stages at once, which halves the traffic.
        for (; half < values.length; half <<= 2) {
            for (int block = 0; block < values.length; block += half << 2) {
                for (int k = block; k < block + half; k++) {
                    float a = values[k];
                    float b = values[k + half];
                    float c = values[k + 2 * half];
                    float d = values[k + 3 * half];
                    float left = a + b;
                    float right = c + d;
                    values[k] = left + right;
                    values[k + 2 * half] = left - right;
                    float leftGap = a - b;
                    float rightGap = c - d;
                    values[k + half] = leftGap + rightGap;
                    values[k + 3 * half] = leftGap - rightGap;
                }
            }
        }
    }

    private static void pairs(float[] values) {
        for (int k = 0; k < values.length; k += 2) {
            float a = values[k];
            float b = values[k + 1];
            values[k] = a + b;
            values[k + 1] = a - b;
        }
    }
}
