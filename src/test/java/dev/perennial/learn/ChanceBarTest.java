// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChanceBarTest {

    /** Quantiles of Student's t as they are tabled. */
    @ParameterizedTest
    @CsvSource({"1, 1000000, 1.645", "1, 12, 1.796", "1, 61, 1.671", "10, 12, 3.106", "5, 61, 2.390", "50, 31, 3.385"})
    void standardErrors_areThoseOfStudentsT(int tries, int examples, double quantile) {
        assertThat(ChanceBar.standardErrors(tries, examples)).isCloseTo(quantile, within(0.01));
    }
}
