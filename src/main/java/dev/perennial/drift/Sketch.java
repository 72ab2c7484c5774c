// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import java.util.SplittableRandom;

/**
 * A fixed random projection of vectors of one length to {@value #DIMENSION} small numbers: distances stay about what
 * they were (Johnson and Lindenstrauss; signs after Achlioptas 2003), and the vector cannot be had back. Immutable.
 */
final class Sketch {
    static final int DIMENSION = 32;

    /** What a component of 1 stands for. Unrelated inputs are 1 apart, so that components are mostly below 2. */
    static final double UNIT = 1.0 / 64;

    private static final long SEED = 0x5EED;

    private final int[] signs;

    /** @param length of the vectors */
    Sketch(int length) {
        SplittableRandom random = new SplittableRandom(SEED + length);
        this.signs = new int[length];
        for (int k = 0; k < length; k++) {
            signs[k] = random.nextInt();
        }
    }

    int length() {
        return signs.length;
    }

    byte[] of(float[] vector) {
        float[] sums = new float[DIMENSION];
        for (int k = 0; k < vector.length; k++) {
            int sign = signs[k];
            for (int d = 0; d < DIMENSION; d++) {
                sums[d] += (sign >>> d & 1) == 0 ? vector[k] : -vector[k];
            }
        }
        double scale = 1 / (UNIT * Math.sqrt(DIMENSION));
        byte[] sketch = new byte[DIMENSION];
        for (int d = 0; d < DIMENSION; d++) {
            sketch[d] = (byte) Math.max(Byte.MIN_VALUE, Math.min(Byte.MAX_VALUE, Math.round(sums[d] * scale)));
        }
        return sketch;
    }
}
