// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.Matrix;

/** Linear systems of a handful of unknowns, by Gaussian elimination with partial pivoting. */
final class SmallSystem {
    /** Pivots are kept away from zero: a row that determines its own fit entirely has no held-out score. */
    private static final double SMALLEST_PIVOT = 1e-9;

    private SmallSystem() {}

    /** Replaces {@code b} by {@code A^-1 b}; {@code a} is destroyed. */
    static void solve(Matrix a, Matrix b) {
        int n = a.rows();
        for (int column = 0; column < n; column++) {
            int pivot = column;
            for (int row = column + 1; row < n; row++) {
                pivot = Math.abs(a.at(row, column)) > Math.abs(a.at(pivot, column)) ? row : pivot;
            }
            swap(a, pivot, column);
            swap(b, pivot, column);
            if (Math.abs(a.at(column, column)) < SMALLEST_PIVOT) {
                a.set(column, column, SMALLEST_PIVOT);
            }
            for (int row = 0; row < n; row++) {
                if (row != column) {
                    double factor = a.at(row, column) / a.at(column, column);
                    subtract(a, row, column, factor);
                    subtract(b, row, column, factor);
                }
            }
        }
        for (int row = 0; row < n; row++) {
            for (int c = 0; c < b.columns(); c++) {
                b.set(row, c, b.at(row, c) / a.at(row, row));
            }
        }
    }

    private static void swap(Matrix matrix, int i, int j) {
        double[] row = matrix.row(i);
        matrix.setRow(i, matrix.row(j));
        matrix.setRow(j, row);
    }

    private static void subtract(Matrix matrix, int row, int other, double factor) {
        for (int c = 0; c < matrix.columns(); c++) {
            matrix.add(row, c, -factor * matrix.at(other, c));
        }
    }
}
