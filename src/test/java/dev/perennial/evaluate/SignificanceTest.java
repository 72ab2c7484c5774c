// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SignificanceTest {

    /** Two-sided binomial tails at one half, by adding up binomial coefficients by hand. */
    @ParameterizedTest
    @CsvSource({"0, 0, 1", "0, 5, 0.0625", "5, 0, 0.0625", "1, 9, 0.021484375", "3, 3, 1", "2, 8, 0.109375"})
    void mcNemar_isTheExactBinomialTest(long first, long second, double p) {
        assertThat(Significance.mcNemar(first, second)).isEqualTo(p, within(1e-12));
    }

    @Test
    void mcNemar_holdsForManyQuestions() {
        assertThat(Significance.mcNemar(5_000, 5_300)).isBetween(0.002, 0.005);
    }

    @Test
    void sign_ofRightAndWrongAnswers_isMcNemars() {
        double[] first = {1, 1, 0, 1, 0, 1};
        double[] second = {0, 1, 1, 0, 1, 0};

        assertThat(Significance.sign(first, second)).isEqualTo(Significance.mcNemar(3, 2));
    }

    /** Of ten labels, one more right is better, though most are right either way. */
    @Test
    void sign_countsAnswersThatAreALittleBetter() {
        double[] first = {0.9, 0.8, 0.9, 1, 0.7, 0.9, 0.8};
        double[] second = {1, 0.9, 1, 1, 0.8, 1, 0.9};

        assertThat(Significance.sign(first, second)).isEqualTo(Significance.mcNemar(0, 6));
    }

    /**
     * Of a mean of n coins the interval is about that of the normal distribution, 1.96 standard errors to either side.
     */
    @Test
    void bootstrap_isAsWideAsTheStandardErrorSays() {
        long seed = Long.getLong("perennial.seed", 7);
        System.out.println("seed " + seed);
        double[] coins = new double[400];
        for (int i = 0; i < 100; i++) {
            coins[4 * i] = 1;
        }
        double error = Math.sqrt(0.25 * 0.75 / 400);

        Significance.Interval interval = Significance.bootstrap(coins, seed);

        assertThat(interval.low()).isCloseTo(0.25 - 1.96 * error, within(0.3 * error));
        assertThat(interval.high()).isCloseTo(0.25 + 1.96 * error, within(0.3 * error));
        assertThat(Significance.bootstrap(coins, seed)).isEqualTo(interval);
    }

    @Test
    void bootstrap_ofPairs_isOfTheirDifferences() {
        double[] first = {0, 1, 0, 1, 0, 1, 0, 1, 1, 0};
        double[] better = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

        assertThat(Significance.bootstrap(first, better, 1).low()).isPositive();
        assertThat(Significance.bootstrap(better, first, 1).high()).isNegative();
        assertThat(Significance.bootstrap(first, first, 1)).isEqualTo(new Significance.Interval(0, 0));
        assertThat(Significance.bootstrap(first, better, 1).contains(0.5)).isTrue();
    }
}
