// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.EncoderInfo.Pooling;
import java.nio.FloatBuffer;

/**
 * Pools token vectors into one vector of unit length; sums in {@code double}.
 *
 * @param pooling how token vectors become one
 * @param dimension length of each vector
 */
record UnitVectors(Pooling pooling, int dimension) {

    /**
     * The unit vector of one text.
     *
     * @param states token vectors of the text, one after another from {@code offset}
     * @param tokens number of token vectors that belong to the text
     * @throws IllegalStateException when the model gave no direction: not finite, or zero
     */
    float[] pool(FloatBuffer states, int offset, int tokens) {
        int read = pooling == Pooling.CLS ? 1 : tokens;
        double[] sums = new double[dimension];
        for (int token = 0; token < read; token++) {
            int start = offset + token * dimension;
            for (int i = 0; i < dimension; i++) {
                sums[i] += states.get(start + i);
            }
        }
        double squares = 0;
        for (double sum : sums) {
            squares += sum * sum;
        }
        if (!(squares > 0) || Double.isInfinite(squares)) {
            throw new IllegalStateException("the model gave a vector that is zero or not finite");
        }
        double norm = Math.sqrt(squares);
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) (sums[i] / norm);
        }
        return vector;
    }
}
