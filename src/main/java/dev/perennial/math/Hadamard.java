// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

/** The fast Walsh-Hadamard transform. */
public final class Hadamard {
    private Hadamard() {}

    /** Multiplies by the matrix of plus and minus ones, in place, in {@code n log n}; the length is a power of two. */
    public static void transform(double[] values) {
        if (Integer.bitCount(values.length) != 1) {
            throw new IllegalArgumentException("the length is a power of two");
        }
        for (int half = 1; half < values.length; half <<= 1) {
            for (int block = 0; block < values.length; block += half << 1) {
                for (int k = block; k < block + half; k++) {
                    double a = values[k];
                    double b = values[k + half];
                    values[k] = a + b;
                    values[k + half] = a - b;
                }
            }
        }
    }
}
