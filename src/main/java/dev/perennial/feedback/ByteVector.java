// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import java.util.Arrays;

/**
 * The direction of an input's vector, rounded to bytes: a quarter of the size, and cosines within 0.01. The bytes are
 * never changed.
 *
 * @param member digest of the encoder that read the input; only vectors of one encoder compare
 * @param values the vector, scaled so that the largest is 127 or -127
 */
@SuppressWarnings("ArrayRecordComponent")
public record ByteVector(String member, byte[] values) {
    private static final int LARGEST = 127;

    public static ByteVector of(String member, float[] vector) {
        float largest = 0;
        for (float value : vector) {
            largest = Math.max(largest, Math.abs(value));
        }
        byte[] values = new byte[vector.length];
        for (int i = 0; i < values.length && largest > 0; i++) {
            values[i] = (byte) Math.round(LARGEST * (vector[i] / largest));
        }
        return new ByteVector(member, values);
    }

    /** Cosine with a vector of the same encoder; 0 where either says nothing. */
    public double cosine(ByteVector other) {
        long product = 0;
        long squares = 0;
        long otherSquares = 0;
        for (int i = 0; i < values.length; i++) {
            product += values[i] * other.values[i];
            squares += values[i] * values[i];
            otherSquares += other.values[i] * other.values[i];
        }
        return squares == 0 || otherSquares == 0 ? 0 : product / Math.sqrt((double) squares * otherSquares);
    }

    /** Whether cosines with another one mean anything. */
    public boolean comparesWith(ByteVector other) {
        return member.equals(other.member) && values.length == other.values.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteVector vector
                && member.equals(vector.member)
                && Arrays.equals(values, vector.values);
    }

    @Override
    public int hashCode() {
        return 31 * member.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "ByteVector[" + values.length + "]";
    }
}
