// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import java.util.Arrays;

/**
 * Distances between two parts of some observations, for {@link PermutationTest}. All sums are of whole numbers, so that
 * equal parts are equally far apart whatever the order. What is made here belongs to one thread.
 */
public final class PartDistances {
    private PartDistances() {}

    /**
     * Total variation: the share of the one part that would have to be of another group to make both parts alike.
     *
     * @param groups of each observation, from 0
     */
    public static PermutationTest.Distance totalVariation(int[] groups) {
        Counts counts = new Counts(groups);
        return (order, first) -> {
            counts.count(order, first);
            long sum = 0;
            for (int g = 0; g < counts.groups(); g++) {
                sum += Math.abs(counts.gap(g, order.length, first));
            }
            return sum / (2.0 * first * (order.length - first));
        };
    }

    /** Kolmogorov and Smirnov: the largest gap between the parts' shares of numbers up to some bound. */
    public static PermutationTest.Distance kolmogorovSmirnov(float[] numbers) {
        Counts counts = new Counts(ranks(numbers));
        return (order, first) -> {
            counts.count(order, first);
            long sum = 0;
            long most = 0;
            for (int g = 0; g < counts.groups(); g++) {
                sum += counts.gap(g, order.length, first);
                most = Math.max(most, Math.abs(sum));
            }
            return most / ((double) first * (order.length - first));
        };
    }

    /**
     * Distance between the parts' means.
     *
     * @param vectors one after the other
     * @param dimension length of each
     * @param unit what a component of 1 stands for
     */
    public static PermutationTest.Distance means(byte[] vectors, int dimension, double unit) {
        long[] all = new long[dimension];
        for (int at = 0; at < vectors.length; at++) {
            all[at % dimension] += vectors[at];
        }
        int[] part = new int[dimension];
        return (order, first) -> {
            Arrays.fill(part, 0);
            for (int i = 0; i < first; i++) {
                int from = order[i] * dimension;
                for (int k = 0; k < dimension; k++) {
                    part[k] += vectors[from + k];
                }
            }
            double squares = 0;
            for (int k = 0; k < dimension; k++) {
                double gap = (double) ((long) part[k] * order.length - all[k] * first);
                squares += gap * gap;
            }
            return unit * Math.sqrt(squares) / ((double) first * (order.length - first));
        };
    }

    private static int[] ranks(float[] numbers) {
        float[] unsigned = new float[numbers.length];
        for (int i = 0; i < unsigned.length; i++) {
            // Of two zeros that are equal, sorting and searching hold one for smaller.
            unsigned[i] = numbers[i] + 0.0f;
        }
        float[] sorted = unsigned.clone();
        Arrays.sort(sorted);
        int different = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1]) {
                sorted[different++] = sorted[i];
            }
        }
        int[] ranks = new int[numbers.length];
        for (int i = 0; i < ranks.length; i++) {
            ranks[i] = Arrays.binarySearch(sorted, 0, different, unsigned[i]);
        }
        return ranks;
    }

    /** How many observations of each group there are, in all and in one part. */
    private static final class Counts {
        private final int[] groups;
        private final int[] all;
        private final int[] part;

        Counts(int[] groups) {
            this.groups = groups;
            this.all = new int[Arrays.stream(groups).max().orElse(-1) + 1];
            this.part = new int[all.length];
            for (int group : groups) {
                all[group]++;
            }
        }

        int groups() {
            return all.length;
        }

        void count(int[] order, int first) {
            Arrays.fill(part, 0);
            for (int i = 0; i < first; i++) {
                part[groups[order[i]]]++;
            }
        }

        /** The gap between the two parts' shares of a group, times the sizes of both parts. */
        long gap(int group, int size, int first) {
            return (long) part[group] * size - (long) all[group] * first;
        }
    }
}
