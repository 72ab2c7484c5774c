// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

/** Numbers of half precision (IEEE 754 binary16), as constants of graphs need them. */
final class HalfFloats {
    private static final int MANTISSA_LOST = 13;
    private static final int BIAS_CHANGE = 112 << 23;
    private static final int LARGEST = 0x477FF000;
    private static final int SMALLEST_NORMAL = 0x38800000;
    private static final int INFINITY = 0x7C00;
    private static final float SUBNORMAL_UNIT = 0x1p-24f;

    private HalfFloats() {}

    /** The nearest number of half precision, ties to even, as its bits. */
    static int bits(float value) {
        int whole = Float.floatToRawIntBits(value);
        int sign = whole >>> 16 & 0x8000;
        int magnitude = whole & 0x7FFFFFFF;
        if (magnitude >= LARGEST) {
            return sign | (Float.isNaN(value) ? INFINITY | 1 : INFINITY);
        }
        if (magnitude < SMALLEST_NORMAL) {
            return sign | (int) Math.rint((double) Math.abs(value) / SUBNORMAL_UNIT);
        }
        int odd = magnitude >>> MANTISSA_LOST & 1;
        return sign | (magnitude - BIAS_CHANGE + 0xFFF + odd) >>> MANTISSA_LOST;
    }
}
