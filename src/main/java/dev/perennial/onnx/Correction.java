// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

/**
 * What is added to the product of token vectors and a matrix {@code W}: {@code x W + (x A) B}.
 *
 * @param matrix name of W in the encoder's file
 * @param rank columns of A
 * @param first A, row after row; not copied
 * @param second B, row after row; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record Correction(String matrix, int rank, float[] first, float[] second) {
    public Correction {
        if (rank < 1 || first.length == 0 || first.length % rank != 0 || second.length % rank != 0) {
            throw new IllegalArgumentException("factors of a positive rank");
        }
    }

    /** The opposite. */
    Correction turned() {
        float[] opposite = new float[second.length];
        for (int i = 0; i < opposite.length; i++) {
            opposite[i] = -second[i];
        }
        return new Correction(matrix, rank, first, opposite);
    }

    int inputs() {
        return first.length / rank;
    }

    int outputs() {
        return second.length / rank;
    }

    int numbers() {
        return first.length + second.length;
    }
}
