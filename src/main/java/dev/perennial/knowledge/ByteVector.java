// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

/**
 * A vector rounded to signed bytes times a scale.
 *
 * @param values in [-127, 127]
 * @param scale of each value; 0 for the zero vector
 */
@SuppressWarnings("ArrayRecordComponent")
record ByteVector(byte[] values, float scale) {
    private static final int LARGEST = 127;

    static ByteVector of(float[] vector) {
        float largest = 0;
        for (float component : vector) {
            if (!Float.isFinite(component)) {
                throw new IllegalArgumentException("a component is not a number");
            }
            largest = Math.max(largest, Math.abs(component));
        }
        byte[] values = new byte[vector.length];
        float scale = largest / LARGEST;
        if (scale > 0) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (byte) Math.round(vector[i] / scale);
            }
        }
        return new ByteVector(values, scale);
    }

    /** Inner product without the scale. */
    static double dot(byte[] values, float[] vector) {
        // Sums that do not wait for one another.
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        float e = 0;
        float f = 0;
        float g = 0;
        float h = 0;
        int i = 0;
        for (; i + 7 < values.length; i += 8) {
            a += values[i] * vector[i];
            b += values[i + 1] * vector[i + 1];
            c += values[i + 2] * vector[i + 2];
            d += values[i + 3] * vector[i + 3];
            e += values[i + 4] * vector[i + 4];
            f += values[i + 5] * vector[i + 5];
            g += values[i + 6] * vector[i + 6];
            h += values[i + 7] * vector[i + 7];
        }
        for (; i < values.length; i++) {
            a += values[i] * vector[i];
        }
        return (double) (a + b) + (c + d) + (e + f) + (g + h);
    }
}
