// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.refusal.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Makes {@link EntityVectors} of one vector after the other. Owned by one thread. */
public final class EntityVectorsBuilder {
    /** Name of the limit in a refusal. */
    static final String LIMIT = "entity-vector-bytes";

    private final int dimension;
    private final ByteSink values = new ByteSink(1024);
    private long[] keys = new long[16];
    private long[] origins = new long[16];
    private float[] scales = new float[16];
    private int rows;

    public EntityVectorsBuilder(int dimension) {
        if (dimension < 1 || dimension > VectorsFile.LARGEST_DIMENSION) {
            throw new IllegalArgumentException("no length of a vector");
        }
        this.dimension = dimension;
    }

    int rows() {
        return rows;
    }

    /** Adds a vector of finite numbers; of an entity that comes again the last one counts. */
    public void add(String entity, float[] vector) {
        if (vector.length != dimension) {
            throw new IllegalArgumentException("a vector of another length");
        }
        add(EntityVectors.key(entity), 0, ByteVector.of(vector));
    }

    void add(long key, long origin, ByteVector vector) {
        long bytes = VectorRows.size(rows + 1, dimension);
        if (bytes > Integer.MAX_VALUE) {
            throw new Refusal.TooLarge(LIMIT, Integer.MAX_VALUE, bytes);
        }
        if (rows == keys.length) {
            int capacity = ByteSink.grown(rows, 1);
            keys = Arrays.copyOf(keys, capacity);
            origins = Arrays.copyOf(origins, capacity);
            scales = Arrays.copyOf(scales, capacity);
        }
        keys[rows] = key;
        origins[rows] = origin;
        scales[rows++] = vector.scale();
        values.add(vector.values(), 0, dimension);
    }

    /**
     * The vectors of all that were added.
     *
     * @param source names all that they were made of
     */
    public EntityVectors build(String source) {
        int[] order = order();
        ByteBuffer buffer = ByteBuffer.allocate((int) VectorRows.size(order.length, dimension))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int row : order) {
            buffer.putLong(keys[row]);
        }
        for (int row : order) {
            buffer.putLong(origins[row]);
        }
        for (int row : order) {
            buffer.putFloat(scales[row]);
        }
        for (int row : order) {
            buffer.put(values.bytes(), row * dimension, dimension);
        }
        VectorRows sorted = new VectorRows(buffer, order.length, dimension);
        return new EntityVectors(source, sorted, sorted.sha256());
    }

    /** Rows in the order of their keys, of equal keys the last one. */
    private int[] order() {
        int[] all = IntStream.range(0, rows)
                .boxed()
                .sorted(Comparator.comparingLong(row -> keys[row]))
                .mapToInt(Integer::intValue)
                .toArray();
        return IntStream.range(0, rows)
                .filter(i -> i + 1 == rows || keys[all[i]] != keys[all[i + 1]])
                .map(i -> all[i])
                .toArray();
    }
}
