// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.perennial.math.FloatMatrix;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * One vector for each piece of a vocabulary, in a file that is mapped into memory and shared with all that map it:
 * nothing but the rows, as little-endian floats. Immutable and thread-safe.
 */
final class StaticTable {
    private static final int WRITTEN_AT_ONCE = 1 << 16;

    private final ByteBuffer bytes;
    private final FloatBuffer rows;
    private final int dimension;

    private StaticTable(ByteBuffer bytes, int dimension) {
        this.bytes = bytes;
        this.rows = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        this.dimension = dimension;
    }

    static StaticTable map(Path file, int dimension) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() == 0 || channel.size() % ((long) dimension * Float.BYTES) != 0) {
                throw new IOException("a table does not consist of rows of " + dimension + " numbers");
            }
            return new StaticTable(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()), dimension);
        }
    }

    /** A table in memory. */
    static StaticTable of(FloatMatrix rows) {
        ByteBuffer bytes = ByteBuffer.allocate(rows.data().length * Float.BYTES);
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(rows.data());
        return new StaticTable(bytes, rows.columns());
    }

    /** A copy in memory with other rows in the place of some. */
    StaticTable with(Map<Integer, float[]> rowByPiece) {
        ByteBuffer copy = ByteBuffer.allocate(bytes.capacity());
        copy.put(0, bytes, 0, bytes.capacity());
        FloatBuffer numbers = copy.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        rowByPiece.forEach((piece, row) -> numbers.put(piece * dimension, row, 0, dimension));
        return new StaticTable(copy, dimension);
    }

    /** Fills a file that {@link #write} will write, so that a disk without room for it is known before. */
    static void reserve(Path file, int pieces, int dimension) throws IOException {
        byte[] row = new byte[dimension * Float.BYTES];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), WRITTEN_AT_ONCE)) {
            for (int piece = 0; piece < pieces; piece++) {
                out.write(row);
            }
        }
    }

    /**
     * Writes a file that {@link #map} reads, and waits until it is on disk.
     *
     * @return its hash
     */
    String write(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, CREATE, WRITE)) {
            ByteBuffer left = bytes.duplicate();
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.truncate(bytes.capacity());
            channel.force(true);
        }
        return sha256();
    }

    /** Hash of the file that {@link #write} writes. */
    String sha256() {
        return Sha256.of(bytes.duplicate());
    }

    int dimension() {
        return dimension;
    }

    int pieces() {
        return rows.capacity() / dimension;
    }

    /** A copy of a row. */
    float[] row(int piece) {
        float[] row = new float[dimension];
        rows.get(piece * dimension, row);
        return row;
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
