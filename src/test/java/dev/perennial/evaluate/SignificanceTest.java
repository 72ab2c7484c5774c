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
    void scores_areRightFromOneHalfOn() {
        double[] first = {1, 1, 0.4, 0.5, 0};
        double[] second = {0, 1, 0.6, 0.2, 1};

        assertThat(Significance.mcNemar(first, second)).isEqualTo(Significance.mcNemar(2, 2));
    }
}
