// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

/** The entities that one mention may mean, each with its score. Used again for the next mention, by one thread. */
final class Candidates {
    /** How many are looked at, the best by the name alone. */
    static final int MOST = 16;

    private final int[] entities = new int[MOST];
    private final double[] scores = new double[MOST];
    private int size;
    private double total;

    void clear() {
        size = 0;
        total = 0;
    }

    int size() {
        return size;
    }

    int entity(int candidate) {
        return entities[candidate];
    }

    /** How probable a candidate is by the name alone. */
    double prior(int candidate) {
        return scores[candidate] / total;
    }

    void add(int entity, double score) {
        entities[size] = entity;
        scores[size++] = score;
        total += score;
    }

    /** Counts entities that are not looked at. */
    void lose(double score) {
        total += score;
    }
}
