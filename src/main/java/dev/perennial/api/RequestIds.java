// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.time.InstantSource;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/**
 * Makes ids in the course of requests. Those of each tenant are numbered by themselves, so that nobody can tell by
 * their own how much another one asks. Thread-safe.
 */
public final class RequestIds {
    private final Supplier<?> asking;
    private final InstantSource clock;
    private final Map<Object, SortableIds> idsByTenant = Collections.synchronizedMap(new WeakHashMap<>());

    /** @param asking what stands for the tenant whose request the thread works on */
    public RequestIds(Supplier<?> asking, InstantSource clock) {
        this.asking = asking;
        this.clock = clock;
    }

    /**
     * The next id of the tenant whose request this thread works on.
     *
     * @param prefix kind of thing, e.g. {@code rr_}
     */
    public String next(String prefix) {
        return idsByTenant
                .computeIfAbsent(asking.get(), tenant -> new SortableIds(clock))
                .next(prefix);
    }
}
