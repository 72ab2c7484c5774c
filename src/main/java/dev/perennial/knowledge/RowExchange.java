// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Arrays;

/**
 * Gives every entity of a graph that has a vector the row of another one in its stead, by lot. They stand in a circle
 * in the order of a hash of their ids and a seed, and each has the row of the next: no one its own, unless it is alone,
 * and an entity more or less makes a difference to one other. So it is a function of the seed and of which entities
 * have vectors, whichever rows these are. Immutable.
 */
final class RowExchange {
    private static final long FACTOR = 0x9e3779b97f4a7c15L;

    private final long seed;

    /** By row: that of the next in the circle; -1 for one that no entity of the graph has. */
    private final int[] others;

    private RowExchange(long seed, int[] others) {
        this.seed = seed;
        this.others = others;
    }

    /**
     * The exchange of the rows that entities have.
     *
     * @param keys of the entities' ids, as {@link EntityVectors#key} makes them, in any order
     * @param rows of the entities, in the same order
     * @param seed of the lots
     */
    static RowExchange of(long[] keys, int[] rows, long seed) {
        int size = keys.length;
        long[] circle = new long[size];
        for (int i = 0; i < size; i++) {
            circle[i] = hash(keys[i], seed);
        }
        Arrays.sort(circle);
        int[] rowByPlace = new int[size];
        for (int i = 0; i < size; i++) {
            rowByPlace[Arrays.binarySearch(circle, hash(keys[i], seed))] = rows[i];
        }
        int[] others = new int[Arrays.stream(rows).max().orElse(-1) + 1];
        Arrays.fill(others, -1);
        for (int place = 0; place < size; place++) {
            others[rowByPlace[place]] = rowByPlace[(place + 1) % size];
        }
        return new RowExchange(seed, others);
    }

    /** Different for different keys, and in another order for another seed. */
    private static long hash(long key, long seed) {
        return mixed(key ^ mixed(seed));
    }

    private static long mixed(long bits) {
        long mixed = (bits ^ (bits >>> 32)) * FACTOR;
        mixed = (mixed ^ (mixed >>> 29)) * FACTOR;
        return mixed ^ (mixed >>> 32);
    }

    long seed() {
        return seed;
    }

    /** The row in the stead of one. */
    int row(int row) {
        return row < others.length ? others[row] : -1;
    }

    @Override
    public String toString() {
        return "dealt " + seed;
    }
}
