// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import java.util.Arrays;

/**
 * A dense matrix of doubles in row-major order. Mutable; owned by one thread at a time.
 *
 * @param rows number of rows
 * @param columns number of columns
 * @param data {@code rows * columns} numbers, row after row; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record Matrix(int rows, int columns, double[] data) {
    public Matrix {
        if (data.length != Math.multiplyExact(rows, columns)) {
            throw new IllegalArgumentException("expected " + rows + " x " + columns + " numbers, got " + data.length);
        }
    }

    /** A matrix of zeros. */
    public static Matrix zeros(int rows, int columns) {
        return new Matrix(rows, columns, new double[Math.multiplyExact(rows, columns)]);
    }

    public double at(int row, int column) {
        return data[row * columns + column];
    }

    public void set(int row, int column, double value) {
        data[row * columns + column] = value;
    }

    public void add(int row, int column, double value) {
        data[row * columns + column] += value;
    }

    /** A copy of one row. */
    public double[] row(int row) {
        return Arrays.copyOfRange(data, row * columns, (row + 1) * columns);
    }

    public void setRow(int row, double[] values) {
        System.arraycopy(values, 0, data, row * columns, columns);
    }

    public Matrix copy() {
        return new Matrix(rows, columns, data.clone());
    }

    /** Sum of the diagonal. */
    public double trace() {
        double sum = 0;
        for (int i = 0; i < Math.min(rows, columns); i++) {
            sum += at(i, i);
        }
        return sum;
    }

    /** Adds {@code value} to every element of the diagonal. */
    public void addToDiagonal(double value) {
        for (int i = 0; i < Math.min(rows, columns); i++) {
            add(i, i, value);
        }
    }
}
