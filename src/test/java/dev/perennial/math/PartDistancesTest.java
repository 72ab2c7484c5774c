// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Each distance against its definition, on random observations in random order. */
final class PartDistancesTest {
    private static final int SIZE = 30;
    private static final int FIRST = 11;

    private Random random = new Random(0);
    private int[] order = {};

    private void draw(RepetitionInfo repetition) {
        random = new Random(repetition.getCurrentRepetition());
        order = random.ints(0, SIZE).distinct().limit(SIZE).toArray();
    }

    @RepeatedTest(10)
    void totalVariation_isHalfTheSumOfGaps(RepetitionInfo repetition) {
        draw(repetition);
        int[] groups = random.ints(SIZE, 0, 6).toArray();
        double sum = 0;
        for (int group = 0; group < 6; group++) {
            int one = group;
            sum += Math.abs(share(0, FIRST, i -> groups[i] == one) - share(FIRST, SIZE, i -> groups[i] == one)) / 2;
        }

        assertThat(PartDistances.totalVariation(groups).of(order, FIRST)).isCloseTo(sum, within(1e-12));
    }

    @RepeatedTest(10)
    void kolmogorovSmirnov_isTheLargestGapBelowABound(RepetitionInfo repetition) {
        draw(repetition);
        float[] numbers = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            numbers[i] = random.nextInt(12) / 8f - 0.5f;
        }
        double most = 0;
        for (float bound : numbers) {
            most = Math.max(
                    most,
                    Math.abs(share(0, FIRST, i -> numbers[i] <= bound) - share(FIRST, SIZE, i -> numbers[i] <= bound)));
        }

        assertThat(PartDistances.kolmogorovSmirnov(numbers).of(order, FIRST)).isCloseTo(most, within(1e-12));
    }

    @Test
    void kolmogorovSmirnov_holdsZerosOfEitherSignForOneNumber() {
        PermutationTest.Distance distance =
                PartDistances.kolmogorovSmirnov(new float[] {-0.0f, 0.0f, 1, 0.0f, -0.0f, 1});

        assertThat(distance.of(new int[] {0, 1, 2, 3, 4, 5}, 3)).isZero();
        assertThat(distance.of(new int[] {0, 1, 3, 4, 2, 5}, 4)).isEqualTo(1);
    }

    @RepeatedTest(10)
    void means_areAsFarApartAsTheirDifferenceIsLong(RepetitionInfo repetition) {
        draw(repetition);
        byte[] vectors = new byte[SIZE * 3];
        random.nextBytes(vectors);
        double squares = 0;
        for (int k = 0; k < 3; k++) {
            int component = k;
            double gap = mean(0, FIRST, i -> vectors[3 * i + component])
                    - mean(FIRST, SIZE, i -> vectors[3 * i + component]);
            squares += gap * gap;
        }

        assertThat(PartDistances.means(vectors, 3, 0.5).of(order, FIRST))
                .isCloseTo(0.5 * Math.sqrt(squares), within(1e-9));
    }

    private double share(int from, int to, IntPredicate is) {
        return mean(from, to, i -> is.test(i) ? 1 : 0);
    }

    private double mean(int from, int to, IntToDoubleFunction of) {
        return IntStream.range(from, to)
                .map(i -> order[i])
                .mapToDouble(of)
                .average()
                .orElseThrow();
    }
}
