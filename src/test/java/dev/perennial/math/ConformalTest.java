// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ConformalTest {

    @Test
    void quantile_isTheDefinedOrderStatistic() {
        double[] nine = IntStream.rangeClosed(1, 9).mapToDouble(i -> 10 - i).toArray();
        assertThat(Conformal.quantile(nine, 0.9)).isEqualTo(9);
        assertThat(Conformal.quantile(nine, 0.8)).isEqualTo(8);
        assertThat(Conformal.quantile(nine, 0.81)).isEqualTo(9);
        assertThat(Conformal.quantile(nine, 0.05)).isEqualTo(1);
        assertThat(nine[0]).as("the scores are left as they were").isEqualTo(9);
    }

    @Test
    void quantile_ofTooFewScores_isInfinite() {
        assertThat(Conformal.quantile(new double[0], 0.9)).isInfinite();
        assertThat(Conformal.quantile(new double[8], 0.9)).isInfinite();
        assertThat(Conformal.quantile(new double[9], 0.9)).isZero();
    }

    @Test
    void exchangeableScores_areCoveredAsOftenAsPromised() {
        int rounds = 20_000;
        int covered = 0;
        Random random = new Random(3);
        for (int round = 0; round < rounds; round++) {
            double[] scores = random.doubles(40).map(u -> -Math.log(u)).toArray();
            covered += -Math.log(random.nextDouble()) <= Conformal.quantile(scores, 0.9) ? 1 : 0;
        }
        double exact = Math.ceil(41 * 0.9) / 41;
        double fiveSigma = 5 * Math.sqrt(exact * (1 - exact) / rounds);
        assertThat((double) covered / rounds).isBetween(exact - fiveSigma, exact + fiveSigma);
    }
}
