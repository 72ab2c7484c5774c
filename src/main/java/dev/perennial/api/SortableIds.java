// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes opaque ids whose order is the order in which they were made. No two processes make the same: of each they hold
 * 32 random bits. Thread-safe.
 */
public final class SortableIds {
    private static final int COUNTER_BITS = 18;

    private final InstantSource clock;
    private final AtomicLong last = new AtomicLong();
    private final int process;

    /** With a part that no other process has. */
    public SortableIds(InstantSource clock) {
        this(clock, new SecureRandom().nextInt());
    }

    /** @param process what the ids of this process end with */
    SortableIds(InstantSource clock, int process) {
        this.clock = clock;
        this.process = process;
    }

    /**
     * The next id.
     *
     * @param prefix kind of thing, e.g. {@code pr_}
     */
    public String next(String prefix) {
        long now = clock.millis() << COUNTER_BITS;
        long next = last.updateAndGet(before -> Math.max(before + 1, now));
        return prefix + String.format("%016x%08x", next, process);
    }
}
