// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.shadow.Apprenticeship.Bar;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ApprenticeshipTest {
    private static final int RUNS = 1_000;

    @Test
    void bar_isReachedByEnoughThatAreRight_whenItIsLookedAt() {
        Bar bar = new Bar(0.9, 30, false);

        assertThat(bar.isReached(30, 30)).isFalse();
        assertThat(bar.isReached(60, 60)).isTrue();
        assertThat(bar.isReached(59, 60)).isFalse();
        assertThat(bar.isReached(116, 120)).isTrue();
        assertThat(bar.isReached(115, 120)).isFalse();
        assertThat(bar.isReached(90, 90)).as("no look").isFalse();
        assertThat(bar.isReached(121, 121)).as("no look").isFalse();
        assertThat(new Bar(0.85, 30, false).isReached(30, 30)).isTrue();
    }

    @Test
    void taskThatIsNoBetterThanTheBar_seldomReachesIt_howeverLongItIsLookedAt() {
        long seed = Long.getLong("perennial.seed", 5);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Bar bar = new Bar(0.9, 30, false);
        int reached = 0;
        for (int run = 0; run < RUNS; run++) {
            long right = 0;
            boolean isReached = false;
            for (long judged = 1; judged <= 4_000 && !isReached; judged++) {
                right += random.nextDouble() < 0.9 ? 1 : 0;
                isReached = bar.isReached(right, judged);
            }
            reached += isReached ? 1 : 0;
        }

        // 5 % and three standard errors of so many runs.
        assertThat(reached / (double) RUNS).isLessThan(0.05 + 3 * Math.sqrt(0.05 * 0.95 / RUNS));
    }

    @Test
    void looksAtASuite_areStricterEachTime() {
        Bar bar = new Bar(0.9, 30, true);

        assertThat(bar.isReachedBySuite(97, 100, 1)).isTrue();
        assertThat(bar.isReachedBySuite(97, 100, 40)).isFalse();
        assertThat(bar.isReachedBySuite(200, 200, 40)).isTrue();
        assertThat(bar.isReachedBySuite(29, 29, 1)).isFalse();
    }
}
