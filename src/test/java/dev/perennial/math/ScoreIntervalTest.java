// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class ScoreIntervalTest {
    private static final double TWO_SIDED_95 = 1.959963984540054;
    private static final double ONE_SIDED_95 = 1.6448536269514722;

    @Test
    void interval_isWilsons() {
        // 7 of 10, as in R: binom::binom.wilson(7, 10).
        ScoreInterval interval = ScoreInterval.of(0.7, 10, TWO_SIDED_95);

        assertThat(interval.low()).isCloseTo(0.3967781, within(1e-6));
        assertThat(interval.high()).isCloseTo(0.8922087, within(1e-6));
        assertThat(ScoreInterval.of(1, 3, TWO_SIDED_95).high()).isEqualTo(1);
        assertThat(ScoreInterval.of(0, 3, TWO_SIDED_95).low()).isZero();
    }

    @Test
    void lowerEnd_isAtLeastThat() {
        // n / (n + z^2) when all are so.
        assertThat(ScoreInterval.of(1, 30, ONE_SIDED_95).low())
                .isCloseTo(30 / (30 + ONE_SIDED_95 * ONE_SIDED_95), within(1e-6));
        assertThat(ScoreInterval.of(0.9, 90, ONE_SIDED_95).low()).isCloseTo(0.83576, within(1e-5));
    }

    @Test
    void ofNone_itIsAnywhere() {
        assertThat(ScoreInterval.of(0, 0, TWO_SIDED_95)).isEqualTo(new ScoreInterval(0, 1));
    }
}
