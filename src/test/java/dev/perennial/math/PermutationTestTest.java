// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PermutationTestTest {
    private static final int MOST = 9_999;

    /** Distances of all choices of four of ten observations, of which there are 210. */
    @Test
    void pValueAndMean_areThoseOfAllChoices() {
        float[] numbers = {9, 7, 8, 3, 4, 1, 2, 6, 5, 0};
        PermutationTest.Distance distance = PartDistances.kolmogorovSmirnov(numbers);
        List<Double> all = new ArrayList<>();
        for (int choice = 0; choice < 1 << numbers.length; choice++) {
            if (Integer.bitCount(choice) == 4) {
                all.add(distance.of(order(choice, numbers.length), 4));
            }
        }
        double seen = distance.of(order(0b1111, numbers.length), 4);
        double exact = all.stream().filter(one -> one >= seen).count() / (double) all.size();

        double pValue = 0;
        double byChance = 0;
        int seeds = 400;
        for (int seed = 0; seed < seeds; seed++) {
            PermutationTest test = PermutationTest.of(distance, numbers.length, 4, MOST, seed);
            assertThat(test.distance()).isEqualTo(seen);
            pValue += test.pValue() / seeds;
            byChance += test.byChance() / seeds;
        }

        assertThat(all).hasSize(210);
        assertThat(exact).isBetween(0.02, 0.5);
        // The tenth of a share of draws comes early rather than late, so that p is never understated.
        assertThat(pValue).isBetween(0.98 * exact, 1.25 * exact);
        double mean = all.stream().mapToDouble(one -> one).average().orElseThrow();
        assertThat(byChance).isCloseTo(mean, within(0.03));
    }

    private static int[] order(int choice, int size) {
        return IntStream.concat(
                        IntStream.range(0, size).filter(i -> (choice >> i & 1) == 1),
                        IntStream.range(0, size).filter(i -> (choice >> i & 1) == 0))
                .toArray();
    }

    @Test
    void byChance_aPValueIsAtMostAnyBound_asOftenAsTheBoundSays() {
        Random random = new Random(8);
        int trials = 4000;
        int[] below = new int[3];
        double[] bounds = {0.2, 0.05, 0.005};
        for (int trial = 0; trial < trials; trial++) {
            int[] groups = random.ints(40, 0, 5).toArray();
            PermutationTest test =
                    PermutationTest.of(PartDistances.totalVariation(groups), groups.length, 15, MOST, trial);
            for (int b = 0; b < bounds.length; b++) {
                below[b] += test.pValue() <= bounds[b] ? 1 : 0;
            }
        }
        for (int b = 0; b < bounds.length; b++) {
            double sigma = Math.sqrt(bounds[b] * (1 - bounds[b]) / trials);
            assertThat((double) below[b] / trials).isBetween(bounds[b] * 0.4, bounds[b] + 3 * sigma);
        }
    }

    @Test
    void whatIsFarthestOfAll_hasTheSmallestPValue() {
        float[] numbers = new float[60];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i < 25 ? 100 + i : i;
        }
        PermutationTest.Distance distance = PartDistances.kolmogorovSmirnov(numbers);

        assertThat(PermutationTest.of(distance, 60, 25, MOST, 1).pValue()).isEqualTo(1.0 / (MOST + 1));
        assertThat(PermutationTest.of(distance, 60, 25, MOST, 1).distance()).isEqualTo(1);
    }

    @Test
    void whatIsAllTheSame_isNothingUnusual() {
        PermutationTest test = PermutationTest.of(PartDistances.totalVariation(new int[50]), 50, 20, MOST, 1);

        assertThat(test).isEqualTo(new PermutationTest(0, 0, 1));
    }

    @Test
    void theSameSeed_givesTheSame() {
        int[] groups = new Random(2).ints(80, 0, 7).toArray();
        PermutationTest.Distance distance = PartDistances.totalVariation(groups);

        assertThat(PermutationTest.of(distance, 80, 30, MOST, 5))
                .isEqualTo(PermutationTest.of(distance, 80, 30, MOST, 5))
                .isNotEqualTo(PermutationTest.of(distance, 80, 30, MOST, 6));
    }
}
