// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class EarlyStopTest {
    private final EarlyStop stop = new EarlyStop(2);

    @Test
    void aLossThatFalls_isTheBest_andNothingIsOver() {
        assertThat(stop.isBest(3)).isTrue();
        assertThat(stop.isBest(2)).isTrue();
        assertThat(stop.isOver()).isFalse();
    }

    @Test
    void aLossThatFallsNoLonger_endsIt_whenPatienceDoes() {
        assertThat(stop.isBest(1)).isTrue();
        assertThat(stop.isBest(1.5)).isFalse();
        assertThat(stop.isOver()).isFalse();
        assertThat(stop.isBest(1)).isFalse();
        assertThat(stop.isOver()).isTrue();
    }

    @Test
    void aLossThatFallsAgain_givesPatienceBack() {
        assertThat(stop.isBest(1)).isTrue();
        assertThat(stop.isBest(1.5)).isFalse();
        assertThat(stop.isBest(0.9)).isTrue();
        assertThat(stop.isBest(0.95)).isFalse();
        assertThat(stop.isOver()).isFalse();
    }

    @Test
    void aLossThatIsNoNumber_isNeverTheBest() {
        assertThat(stop.isBest(Double.NaN)).isFalse();
    }
}
