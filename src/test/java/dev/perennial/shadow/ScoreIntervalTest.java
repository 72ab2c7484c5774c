// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.shadow.Apprenticeship.Bar;
import org.junit.jupiter.api.Test;

final class ScoreIntervalTest {

    @Test
    void low_isWilsons() {
        // n / (n + z^2) when all are so.
        assertThat(ScoreInterval.low(30, 30)).isCloseTo(30 / (30 + 1.6448536 * 1.6448536), within(1e-6));
        assertThat(ScoreInterval.low(81, 90)).isCloseTo(0.83576, within(1e-5));
        assertThat(ScoreInterval.low(0, 10)).isZero();
        assertThat(ScoreInterval.low(0, 0)).isZero();
    }

    @Test
    void bar_isReachedByEnoughThatAreRight() {
        Bar bar = new Bar(0.9, 30, false);

        assertThat(bar.isReached(30, 30)).isTrue();
        assertThat(bar.isReached(29, 29)).isFalse();
        assertThat(bar.isReached(29, 30)).isFalse();
        assertThat(bar.isReached(290, 300)).isTrue();
    }
}
