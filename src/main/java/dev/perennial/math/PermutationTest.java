// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import java.util.SplittableRandom;

/**
 * How likely so large a distance between two parts of some observations is, if which of them belongs to which part were
 * chance: parts of the same sizes are drawn at random and compared (Fisher 1935, Pitman 1937). Nothing is assumed of
 * how the observations are distributed.
 *
 * <p>Most questions are answered by few draws. They end at the tenth that is as far apart (Besag and Clifford 1991);
 * after 999 as soon as one is; and at the latest after the number given. That no draw is as far apart has, under
 * chance, probability {@code 1 / (most + 1)} or less.
 *
 * @param distance of the two parts
 * @param byChance mean distance of the drawn parts
 * @param pValue in (0, 1]
 */
public record PermutationTest(double distance, double byChance, double pValue) {
    private static final int ENOUGH_AS_FAR = 10;
    private static final int ENOUGH_WITH_ONE = 999;

    /** How far two parts of the observations are apart; larger is farther. */
    @FunctionalInterface
    public interface Distance {
        /**
         * @param order the numbers of all observations, each once, in any order
         * @param first how many of them, from the start, are the one part; all others are the other
         */
        double of(int[] order, int first);
    }

    /**
     * Compares the first observations with the others.
     *
     * @param all number of observations
     * @param first how many are the one part, from 1 to {@code all - 1}
     * @param most draws at most
     * @param seed of the draws
     */
    public static PermutationTest of(Distance distance, int all, int first, int most, long seed) {
        int[] order = new int[all];
        for (int i = 0; i < all; i++) {
            order[i] = i;
        }
        double seen = distance.of(order, first);
        SplittableRandom random = new SplittableRandom(seed);
        double sum = 0;
        int asFar = 0;
        int draws = 0;
        while (draws < most && asFar < ENOUGH_AS_FAR && (asFar == 0 || draws < ENOUGH_WITH_ONE)) {
            draw(order, first, random);
            double drawn = distance.of(order, first);
            sum += drawn;
            draws++;
            asFar += drawn >= seen ? 1 : 0;
        }
        boolean endedByOne = asFar == ENOUGH_AS_FAR || (asFar == 1 && draws > ENOUGH_WITH_ONE);
        double pValue = endedByOne ? (double) asFar / draws : (asFar + 1.0) / (draws + 1);
        return new PermutationTest(seen, sum / Math.max(1, draws), pValue);
    }

    /** Moves a random choice of the observations to the front. */
    private static void draw(int[] order, int first, SplittableRandom random) {
        for (int i = 0; i < first; i++) {
            int j = i + random.nextInt(order.length - i);
            int moved = order[i];
            order[i] = order[j];
            order[j] = moved;
        }
    }
}
