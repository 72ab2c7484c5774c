// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.evaluate.RiskCoverage.Point;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RiskCoverageTest {

    @Test
    void curve_goesFromTheSurestAnswerToAllOfThem() {
        List<Point> curve = RiskCoverage.curve(new double[] {0.5, 0.9, 0.7}, new boolean[] {true, true, false});

        assertThat(curve).containsExactly(new Point(1.0 / 3, 0), new Point(2.0 / 3, 0.5), new Point(1, 1.0 / 3));
        assertThat(RiskCoverage.area(curve)).isCloseTo((0 + 0.5 + 1.0 / 3) / 3, within(1e-15));
    }

    @Test
    void curve_sharesErrorsEvenlyAmongTheEquallySure() {
        double[] confidence = {0.5, 0.5, 0.9, 0.5};

        List<Point> curve = RiskCoverage.curve(confidence, new boolean[] {false, true, true, true});

        assertThat(curve.get(1).risk()).isCloseTo(1.0 / 3 / 2, within(1e-15));
        assertThat(RiskCoverage.curve(confidence, new boolean[] {true, true, true, false}))
                .isEqualTo(curve);
    }

    /** The same by looking at every prefix of the sorted answers anew. */
    @Test
    void curve_isThatOfThePlainDefinition() {
        long seed = Long.getLong("perennial.seed", 11);
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        double[] confidence = random.doubles(200).toArray();
        boolean[] right = new boolean[200];
        for (int i = 0; i < right.length; i++) {
            right[i] = random.nextDouble() < confidence[i];
        }

        List<Point> curve = RiskCoverage.curve(confidence, right);

        for (int answered = 1; answered <= right.length; answered++) {
            double threshold = IntStream.range(0, right.length)
                    .mapToDouble(i -> -confidence[i])
                    .sorted()
                    .map(negative -> -negative)
                    .toArray()[answered - 1];
            double wrong = IntStream.range(0, right.length)
                    .filter(i -> confidence[i] >= threshold && !right[i])
                    .count();
            assertThat(curve.get(answered - 1).risk()).isCloseTo(wrong / answered, within(1e-12));
        }
    }

    @Test
    void thinned_keepsTheLastPoint() {
        List<Point> curve = RiskCoverage.curve(new double[] {4, 3, 2, 1, 0}, new boolean[5]);

        assertThat(RiskCoverage.thinned(curve, 2)).containsExactly(curve.get(1), curve.get(4));
        assertThat(RiskCoverage.thinned(curve, 100)).isEqualTo(curve);
        assertThat(RiskCoverage.thinned(List.of(), 3)).isEmpty();
    }
}
