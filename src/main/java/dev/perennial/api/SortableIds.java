// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** Makes opaque ids whose order is the order in which they were made. Thread-safe. */
public final class SortableIds {
    private static final int COUNTER_BITS = 18;

    private final InstantSource clock;
    private final AtomicLong last = new AtomicLong();

    public SortableIds(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The next id.
     *
     * @param prefix kind of thing, e.g. {@code pr_}
     */
    public String next(String prefix) {
        long now = clock.millis() << COUNTER_BITS;
        return prefix + String.format("%016x", last.updateAndGet(before -> Math.max(before + 1, now)));
    }
}
