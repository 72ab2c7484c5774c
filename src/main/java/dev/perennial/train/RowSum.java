// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.math.FloatMatrix;

/**
 * Sums into the rows of one matrix of rows of another of the same width.
 *
 * @param to changed
 * @param from read
 */
record RowSum(FloatMatrix to, FloatMatrix from) {
    /** Adds {@code factor} times a row of the one to a row of the other. */
    void add(int row, double factor, int fromRow) {
        int width = to.columns();
        int at = row * width;
        int source = fromRow * width;
        for (int k = 0; k < width; k++) {
            to.data()[at + k] += (float) (factor * from.data()[source + k]);
        }
    }
}
