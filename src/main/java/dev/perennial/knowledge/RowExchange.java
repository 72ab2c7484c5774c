// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Random;

/**
 * Gives every row of {@link EntityVectors} another one in its stead, by lot: the rows that were there when they were
 * made go round in one circle, those of the overlay take one of these. Immutable.
 */
final class RowExchange {
    private final int[] others;
    private final long seed;

    private RowExchange(int[] others, long seed) {
        this.others = others;
        this.seed = seed;
    }

    /** A circle by Sattolo's algorithm. */
    static RowExchange of(EntityVectors vectors, long seed) {
        Random random = new Random(seed);
        int[] others = new int[vectors.baseRows()];
        for (int i = 0; i < others.length; i++) {
            others[i] = i;
        }
        for (int i = others.length - 1; i > 0; i--) {
            int j = random.nextInt(i);
            int other = others[i];
            others[i] = others[j];
            others[j] = other;
        }
        return new RowExchange(others, seed);
    }

    int row(int row) {
        if (row < others.length) {
            return others[row];
        }
        return others.length == 0 ? row : new Random(seed ^ row).nextInt(others.length);
    }

    @Override
    public String toString() {
        return "shuffled " + seed;
    }
}
