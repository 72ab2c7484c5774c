// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.math.FloatMatrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * One vector for each piece of a vocabulary, in a file that is mapped into memory and shared with all that map it:
 * nothing but the rows, as little-endian floats. Immutable and thread-safe.
 */
final class StaticTable {
    private final FloatBuffer rows;
    private final int dimension;

    private StaticTable(FloatBuffer rows, int dimension) {
        this.rows = rows;
        this.dimension = dimension;
    }

    static StaticTable map(Path file, int dimension) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() == 0 || channel.size() % ((long) dimension * Float.BYTES) != 0) {
                throw new IOException("a table does not consist of rows of " + dimension + " numbers");
            }
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            return new StaticTable(bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer(), dimension);
        }
    }

    /** The bytes of a file that {@link #map} reads. */
    static byte[] bytes(FloatMatrix table) {
        ByteBuffer bytes = ByteBuffer.allocate(table.data().length * Float.BYTES);
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(table.data());
        return bytes.array();
    }

    int pieces() {
        return rows.capacity() / dimension;
    }

    /** The sum of the rows of ids at positions {@code [from, to)}; ids without a row do not count. */
    float[] sum(long[] ids, int from, int to) {
        float[] sum = new float[dimension];
        float[] row = new float[dimension];
        for (int i = from; i < to; i++) {
            if (ids[i] < pieces()) {
                rows.get((int) ids[i] * dimension, row);
                for (int k = 0; k < sum.length; k++) {
                    sum[k] += row[k];
                }
            }
        }
        return sum;
    }
}
