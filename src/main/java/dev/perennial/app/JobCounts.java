// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.refresh.JobObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what stands still of the long work of all tenants. Thread-safe. */
final class JobCounts implements JobObserver {
    private final Counter stalled;
    private final AtomicInteger lost = new AtomicInteger();

    JobCounts(MeterRegistry registry) {
        this.stalled = Counter.builder("perennial.jobs.stalled")
                .description("Jobs that were ended because they gave no sign of themselves")
                .register(registry);
        Gauge.builder("perennial.lost.job.threads", lost, AtomicInteger::get)
                .description("Threads that work on jobs which were given up")
                .register(registry);
    }

    @Override
    public void stoodStill() {
        stalled.increment();
    }

    @Override
    public void lost(int threads) {
        lost.addAndGet(threads);
    }

    /** Whether so many threads do not come back that the process had better be started anew. */
    boolean areTooManyLost() {
        return lost.get() > MOST_LOST_THREADS;
    }
}
