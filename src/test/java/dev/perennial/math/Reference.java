// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;

/** Linear algebra in plain loops, and random operands: what libraries and closed forms are compared with. */
public final class Reference {
    private Reference() {}

    /** Standard normal numbers. */
    public static Matrix random(int rows, int columns, Random random) {
        Matrix matrix = Matrix.zeros(rows, columns);
        for (int i = 0; i < matrix.data().length; i++) {
            matrix.data()[i] = random.nextGaussian();
        }
        return matrix;
    }

    /** A symmetric positive definite matrix that is far from singular. */
    public static Matrix positiveDefinite(int n, Random random) {
        Matrix root = random(n, n, random);
        Matrix product = product(root, transposed(root));
        product.addToDiagonal(1);
        return product;
    }

    public static Matrix product(Matrix a, Matrix b) {
        Matrix product = Matrix.zeros(a.rows(), b.columns());
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < b.columns(); j++) {
                double sum = 0;
                for (int k = 0; k < a.columns(); k++) {
                    sum += a.at(i, k) * b.at(k, j);
                }
                product.set(i, j, sum);
            }
        }
        return product;
    }

    public static Matrix transposed(Matrix a) {
        Matrix transposed = Matrix.zeros(a.columns(), a.rows());
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < a.columns(); j++) {
                transposed.set(j, i, a.at(i, j));
            }
        }
        return transposed;
    }

    /** {@code A^-1 B} by Gauss-Jordan elimination with partial pivoting. */
    public static Matrix solved(Matrix a, Matrix b) {
        Matrix left = a.copy();
        Matrix right = b.copy();
        for (int column = 0; column < a.rows(); column++) {
            int pivot = column;
            for (int row = column; row < a.rows(); row++) {
                pivot = Math.abs(left.at(row, column)) > Math.abs(left.at(pivot, column)) ? row : pivot;
            }
            swap(left, pivot, column);
            swap(right, pivot, column);
            for (int row = 0; row < a.rows(); row++) {
                double factor = left.at(row, column) / left.at(column, column);
                if (row != column) {
                    subtract(left, row, column, factor);
                    subtract(right, row, column, factor);
                }
            }
        }
        for (int row = 0; row < a.rows(); row++) {
            for (int c = 0; c < right.columns(); c++) {
                right.set(row, c, right.at(row, c) / left.at(row, row));
            }
        }
        return right;
    }

    public static void assertClose(Matrix actual, Matrix expected, double tolerance) {
        assertThat(actual.rows()).isEqualTo(expected.rows());
        assertThat(actual.columns()).isEqualTo(expected.columns());
        double worst = 0;
        for (int i = 0; i < actual.data().length; i++) {
            worst = Math.max(worst, Math.abs(actual.data()[i] - expected.data()[i]));
        }
        assertThat(worst).isLessThanOrEqualTo(tolerance);
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
