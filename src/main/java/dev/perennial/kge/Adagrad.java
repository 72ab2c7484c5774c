// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.FloatMatrix;

/**
 * Adagrad: {@code x -= rate * g / sqrt(sum of all g^2)}.
 *
 * @param values that are learnt
 * @param squares sums of the squares of all gradients so far
 * @param rate of learning
 */
record Adagrad(FloatMatrix values, FloatMatrix squares, float rate) implements RowUpdate {
    private static final float SMALLEST = 1e-10f;

    @Override
    public void apply(int row, float[] gradient) {
        float[] x = values.data();
        float[] sums = squares.data();
        int from = row * values.columns();
        int columns = values.columns();
        float step = rate;
        for (int k = 0; k < columns; k++) {
            float g = gradient[k];
            float sum = sums[from + k] + g * g;
            sums[from + k] = sum;
            x[from + k] -= step * g / ((float) Math.sqrt(sum) + SMALLEST);
        }
    }
}
