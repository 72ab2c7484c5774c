// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Rows of signed bytes, each times a scale of its own, in the order of their keys, in one buffer in memory or mapped
 * from a file. Little-endian: all keys, all hashes of what the rows were made of, all scales, all bytes. Immutable;
 * safe for concurrent use.
 */
final class VectorRows {
    private static final int BYTES_BESIDE = 2 * Long.BYTES + Float.BYTES;

    private final ByteBuffer buffer;
    private final int rows;
    private final int dimension;

    VectorRows(ByteBuffer buffer, int rows, int dimension) {
        if (buffer.capacity() != size(rows, dimension)) {
            throw new IllegalArgumentException("rows of another size");
        }
        this.buffer = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        this.rows = rows;
        this.dimension = dimension;
    }

    /** Bytes that so many rows take. */
    static long size(int rows, int dimension) {
        return (long) rows * (BYTES_BESIDE + dimension);
    }

    int rows() {
        return rows;
    }

    int dimension() {
        return dimension;
    }

    long key(int row) {
        return buffer.getLong(row * Long.BYTES);
    }

    /** Hash of what the row was made of. */
    long origin(int row) {
        return buffer.getLong((rows + row) * Long.BYTES);
    }

    float scale(int row) {
        return buffer.getFloat(2 * rows * Long.BYTES + row * Float.BYTES);
    }

    /** Copies the bytes of a row. */
    void get(int row, byte[] values) {
        buffer.get(rows * BYTES_BESIDE + row * dimension, values);
    }

    /** The row of a key, or -1. */
    int find(long key) {
        int low = 0;
        int high = rows - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = key(middle);
            if (found == key) {
                return middle;
            }
            if (found < key) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** Whether keys ascend and scales are numbers. */
    boolean isSound() {
        LongBuffer keys = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        for (int row = 0; row < rows; row++) {
            if ((row > 0 && keys.get(row - 1) >= keys.get(row)) || !Float.isFinite(scale(row)) || scale(row) < 0) {
                return false;
            }
        }
        return true;
    }

    ByteBuffer bytes() {
        return buffer.duplicate().clear();
    }

    String sha256() {
        MessageDigest sha256 = StatementOrder.sha256();
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(dimension).flip());
        sha256.update(bytes());
        return HexFormat.of().formatHex(sha256.digest());
    }
}
