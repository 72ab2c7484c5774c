// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * When work has to have ended. Only what it took before this process goes by the clock of the day, which may be put
 * forward and back.
 *
 * @param nanos a clock that never goes back, such as {@link System#nanoTime}
 * @param end on that clock
 */
record TimeLimit(LongSupplier nanos, long end) {

    /** Of a job that goes on now, and may take so long from when it first ran. */
    static TimeLimit of(Job job, Duration longest, InstantSource clock) {
        return of(job, longest, clock, System::nanoTime);
    }

    static TimeLimit of(Job job, Duration longest, InstantSource clock, LongSupplier nanos) {
        Duration taken = job.startedAt()
                .map(began -> Duration.between(began, clock.instant()))
                .filter(past -> !past.isNegative())
                .orElse(Duration.ZERO);
        return new TimeLimit(nanos, nanos.getAsLong() + longest.minus(taken).toNanos());
    }

    /** What is left of it; zero when it has passed. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, end - nanos.getAsLong()));
    }

    boolean hasPassed() {
        return end - nanos.getAsLong() < 0;
    }
}
