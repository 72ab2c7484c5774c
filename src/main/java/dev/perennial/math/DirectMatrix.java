// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * A dense matrix in single precision and row-major order outside of the heap, where a native library works on it
 * without a copy; or a part of such a matrix that shares its numbers. Mutable; threads may write different rows at the
 * same time. The memory goes back when nothing refers to the matrix or to a part of it any longer.
 */
public final class DirectMatrix {
    private final int rows;
    private final int columns;
    private final int stride;
    private final FloatBuffer data;

    private DirectMatrix(int rows, int columns, int stride, FloatBuffer data) {
        this.rows = rows;
        this.columns = columns;
        this.stride = stride;
        this.data = data;
    }

    /** A matrix of zeros, of at most 2^29 - 1 numbers. */
    public static DirectMatrix zeros(int rows, int columns) {
        int bytes = Math.multiplyExact(Math.multiplyExact(rows, columns), Float.BYTES);
        FloatBuffer data =
                ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
        return new DirectMatrix(rows, columns, columns, data);
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    /** Numbers from the beginning of a row to that of the next one. */
    public int stride() {
        return stride;
    }

    /** The numbers, beginning at the first one of the first row. */
    public FloatBuffer data() {
        return data;
    }

    /** The rows {@code from} to {@code from + count - 1}. */
    public DirectMatrix rows(int from, int count) {
        int begin = from * stride;
        int length = count == 0 ? 0 : (count - 1) * stride + columns;
        return new DirectMatrix(count, columns, stride, data.slice(begin, length));
    }

    /** The columns {@code from} to {@code from + count - 1}. */
    public DirectMatrix columns(int from, int count) {
        int length = rows == 0 ? 0 : (rows - 1) * stride + count;
        return new DirectMatrix(rows, count, stride, data.slice(Math.min(from, data.limit()), length));
    }

    /** Copies a row into the beginning of an array. */
    public void readRow(int row, float[] into) {
        data.get(row * stride, into, 0, columns);
    }

    /** Copies the beginning of an array over a row. */
    public void writeRow(int row, float[] from) {
        data.put(row * stride, from, 0, columns);
    }

    /** Copies a row of a matrix of as many columns over a row. */
    public void writeRow(int row, FloatMatrix from, int fromRow) {
        data.put(row * stride, from.data(), fromRow * columns, columns);
    }

    public float at(int row, int column) {
        return data.get(row * stride + column);
    }
}
