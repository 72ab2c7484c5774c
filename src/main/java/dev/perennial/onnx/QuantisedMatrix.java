// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

/** A matrix of signed bytes, each times the scale of its column or of its row. */
final class QuantisedMatrix {
    /**
     * Largest size of a factor. The processors that have no instruction for it add two products of bytes in sixteen
     * bits, where two times 255 times 64 is what fits.
     */
    static final int FACTOR = 64;

    private static final int BYTE = 127;
    private static final float TINY = 1e-9f;

    private final byte[] bytes;
    private final float[] scales;

    private QuantisedMatrix(byte[] bytes, float[] scales) {
        this.bytes = bytes;
        this.scales = scales;
    }

    /** In the order of the original; not a copy. */
    byte[] bytes() {
        return bytes;
    }

    /** By column or by row; not a copy. */
    float[] scales() {
        return scales;
    }

    /** For products with rows of unsigned bytes: each column with a scale of its own. */
    static QuantisedMatrix byColumns(float[] values, int columns) {
        float[] scales = new float[columns];
        for (int i = 0; i < values.length; i++) {
            scales[i % columns] = Math.max(scales[i % columns], Math.abs(values[i]));
        }
        toScales(scales, FACTOR);
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) Math.round(values[i] / scales[i % columns]);
        }
        return new QuantisedMatrix(bytes, scales);
    }

    /** For looking rows up: each with a scale of its own. */
    static QuantisedMatrix byRows(float[] values, int columns) {
        float[] scales = new float[values.length / columns];
        for (int i = 0; i < values.length; i++) {
            scales[i / columns] = Math.max(scales[i / columns], Math.abs(values[i]));
        }
        toScales(scales, BYTE);
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) Math.round(values[i] / scales[i / columns]);
        }
        return new QuantisedMatrix(bytes, scales);
    }

    private static void toScales(float[] largest, int steps) {
        for (int i = 0; i < largest.length; i++) {
            largest[i] = Math.max(largest[i], TINY) / steps;
        }
    }
}
