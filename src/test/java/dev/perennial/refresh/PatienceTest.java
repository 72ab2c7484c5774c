// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PatienceTest {

    @Test
    void workThatGetsNowhere_isTriedEightTimesWithPausesThatDouble() {
        Patience patience = new Patience(0);

        assertThat(patience.after(0)).contains(Duration.ofMillis(500));
        assertThat(patience.after(0)).contains(Duration.ofSeconds(1));
        for (int failure = 3; failure < 8; failure++) {
            assertThat(patience.after(0)).isPresent();
        }
        assertThat(patience.after(0)).isEmpty();
    }

    @Test
    void workThatGetsFurther_isCountedAnew() {
        Patience patience = new Patience(0);

        for (int done = 1; done <= 100; done++) {
            assertThat(patience.after(done)).contains(Duration.ofMillis(500));
        }
    }
}
