// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AverageLinkageTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void groups_areThoseOfThePlainWay(long number) {
        long seed = Long.getLong("perennial.seed", number);
        Random random = new Random(seed);
        int count = 2 + random.nextInt(70);
        double[][] places = new double[count][3];
        for (double[] place : places) {
            for (int d = 0; d < place.length; d++) {
                place[d] = random.nextInt(4) + 0.5 * random.nextGaussian();
            }
        }
        AverageLinkage.Distance distance = (i, j) -> (float) away(places[i], places[j]);
        for (double farthest : new double[] {0.3, 0.8, 1.5, 2.5, 100}) {
            assertThat(AverageLinkage.groups(count, distance, farthest))
                    .as("seed %d, farthest %s", seed, farthest)
                    .isEqualTo(plain(count, distance, farthest));
        }
    }

    private static double away(double[] one, double[] other) {
        double sum = 0;
        for (int d = 0; d < one.length; d++) {
            sum += (one[d] - other[d]) * (one[d] - other[d]);
        }
        return Math.sqrt(sum);
    }

    /** Joins the two groups whose members are nearest on average, again and again. */
    private static List<List<Integer>> plain(int count, AverageLinkage.Distance distance, double farthest) {
        List<List<Integer>> groups = new ArrayList<>();
        IntStream.range(0, count).forEach(i -> groups.add(new ArrayList<>(List.of(i))));
        while (groups.size() > 1) {
            int first = 0;
            int second = 1;
            double nearest = Double.POSITIVE_INFINITY;
            for (int a = 0; a < groups.size(); a++) {
                for (int b = a + 1; b < groups.size(); b++) {
                    double mean = mean(groups.get(a), groups.get(b), distance);
                    if (mean < nearest) {
                        nearest = mean;
                        first = a;
                        second = b;
                    }
                }
            }
            if (nearest > farthest) {
                break;
            }
            groups.get(first).addAll(groups.remove(second));
            Collections.sort(groups.get(first));
        }
        groups.sort(Comparator.comparing((List<Integer> group) -> -group.size()).thenComparing(group -> group.get(0)));
        return groups;
    }

    private static double mean(List<Integer> one, List<Integer> other, AverageLinkage.Distance distance) {
        double sum = 0;
        for (int i : one) {
            for (int j : other) {
                sum += distance.between(Math.max(i, j), Math.min(i, j));
            }
        }
        return sum / one.size() / other.size();
    }

    @Test
    void equalThings_areOneGroup() {
        assertThat(AverageLinkage.groups(5, (i, j) -> 0, 0.1)).containsExactly(List.of(0, 1, 2, 3, 4));
        assertThat(AverageLinkage.groups(3, (i, j) -> 1, 0.1)).containsExactly(List.of(0), List.of(1), List.of(2));
        assertThat(AverageLinkage.groups(0, (i, j) -> 1, 0.1)).isEmpty();
    }
}
