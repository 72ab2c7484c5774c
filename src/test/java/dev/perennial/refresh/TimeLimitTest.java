// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class TimeLimitTest {
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private final AtomicReference<Instant> now = new AtomicReference<>(BEGAN);

    /** Such a clock may begin anywhere, and overflow. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);

    private TimeLimit limit() {
        return TimeLimit.of(RunningJob.of("job_1", "refresh", "static", BEGAN), LONGEST, now::get, nanos::get);
    }

    @Test
    void clockThatIsPutForwardOrBackWhileItRuns_changesNothing() {
        TimeLimit limit = limit();
        nanos.addAndGet(Duration.ofMinutes(10).toNanos());

        for (int hours : new int[] {1, -1}) {
            now.set(BEGAN.plus(Duration.ofHours(hours)));
            assertThat(limit.left()).isEqualTo(Duration.ofMinutes(20));
            assertThat(limit.hasPassed()).isFalse();
        }
        nanos.addAndGet(Duration.ofMinutes(21).toNanos());
        assertThat(limit.left()).isZero();
        assertThat(limit.hasPassed()).isTrue();
    }

    @Test
    void whatItTookBeforeTheRestart_counts() {
        now.set(BEGAN.plus(Duration.ofMinutes(25)));
        assertThat(limit().left()).isEqualTo(Duration.ofMinutes(5));
        now.set(BEGAN.plus(Duration.ofMinutes(31)));
        assertThat(limit().hasPassed()).isTrue();
    }

    /** Not more than all of it, however far back the clock is. */
    @Test
    void restartWithAClockThatWasPutBack_givesNoMoreTime() {
        now.set(BEGAN.minus(Duration.ofHours(1)));
        assertThat(limit().left()).isEqualTo(LONGEST);
    }
}
