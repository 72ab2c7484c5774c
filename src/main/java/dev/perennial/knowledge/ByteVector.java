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

    static double dot(byte[] values, float[] vector) {
        // Sums that do not wait for one another.
        float first = 0;
        float second = 0;
        float third = 0;
        float fourth = 0;
        int i = 0;
        for (; i + 3 < values.length; i += 4) {
            first += values[i] * vector[i];
            second += values[i + 1] * vector[i + 1];
            third += values[i + 2] * vector[i + 2];
            fourth += values[i + 3] * vector[i + 3];
        }
        for (; i < values.length; i++) {
            first += values[i] * vector[i];
        }
        return (double) first + second + third + fourth;
    }
}
