// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.refresh.JobProgress.JobStopped;
import dev.perennial.refusal.Refusal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What every job of this process shares: the store, the clock, who listens, and whether the process lives.
 *
 * @param nanos a clock that never goes back, such as {@link System#nanoTime}
 * @param stopping open once the process ends
 */
record JobEngine(
        JobStore store, InstantSource clock, LongSupplier nanos, JobListeners listeners, CountDownLatch stopping) {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final int ATTEMPTS = 6;

    void requireAlive() {
        if (stopping.getCount() == 0) {
            throw new JobStopped();
        }
    }

    void pause(Duration duration) {
        try {
            if (stopping.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new JobStopped();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new JobStopped();
        }
    }

    /** Writes, and writes again a few times when the store is away for a moment. */
    <T> T durably(Supplier<T> write) {
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            try {
                return write.get();
            } catch (Refusal.StoreUnavailable away) {
                if (attempt == ATTEMPTS) {
                    throw away;
                }
            }
            pause(pause);
            pause = pause.multipliedBy(2);
        }
    }
}
