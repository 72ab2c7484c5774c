// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

/**
 * A dense matrix in single precision and row-major order, for what is read off a fit and never summed up further.
 * Mutable; owned by one thread at a time.
 *
 * @param rows number of rows
 * @param columns number of columns
 * @param data {@code rows * columns} numbers, row after row; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record FloatMatrix(int rows, int columns, float[] data) {
    public FloatMatrix {
        if (data.length != Math.multiplyExact(rows, columns)) {
            throw new IllegalArgumentException("expected " + rows + " x " + columns + " numbers, got " + data.length);
        }
    }

    /** A matrix of zeros. */
    public static FloatMatrix zeros(int rows, int columns) {
        return new FloatMatrix(rows, columns, new float[Math.multiplyExact(rows, columns)]);
    }

    /** The numbers of a matrix, rounded. */
    public static FloatMatrix of(Matrix matrix) {
        FloatMatrix rounded = zeros(matrix.rows(), matrix.columns());
        for (int i = 0; i < rounded.data.length; i++) {
            rounded.data[i] = (float) matrix.data()[i];
        }
        return rounded;
    }

    public FloatMatrix copy() {
        return new FloatMatrix(rows, columns, data.clone());
    }

    /** The same numbers in double precision. */
    public Matrix widened() {
        Matrix wide = Matrix.zeros(rows, columns);
        for (int i = 0; i < data.length; i++) {
            wide.data()[i] = data[i];
        }
        return wide;
    }

    public float at(int row, int column) {
        return data[row * columns + column];
    }

    /** Copies a row into the beginning of an array. */
    public void readRow(int row, float[] into) {
        System.arraycopy(data, row * columns, into, 0, columns);
    }

    /** Inner product of two rows, summed in double precision. */
    public double dot(int row, int otherRow) {
        // Four sums that do not wait for one another.
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int a = row * columns;
        int b = otherRow * columns;
        int k = 0;
        for (; k + 3 < columns; k += 4) {
            first += (double) data[a + k] * data[b + k];
            second += (double) data[a + k + 1] * data[b + k + 1];
            third += (double) data[a + k + 2] * data[b + k + 2];
            fourth += (double) data[a + k + 3] * data[b + k + 3];
        }
        for (; k < columns; k++) {
            first += (double) data[a + k] * data[b + k];
        }
        return first + second + third + fourth;
    }
}
