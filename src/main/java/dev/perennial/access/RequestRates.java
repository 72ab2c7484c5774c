// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Grants requests by a bucket of each caller, which holds as many as they may make a minute and fills evenly. Exact:
 * all sums are of whole numbers. Thread-safe; takes no lock.
 */
public final class RequestRates {
    private static final long MINUTE = 60_000;
    private static final long SECOND = 1_000;
    private static final int MOST_BUCKETS = 10_000;

    private final LongSupplier millis;
    private final long began;
    private final Map<String, Bucket> bucketByCaller = new ConcurrentHashMap<>();

    /**
     * Whether a request may be made.
     *
     * @param granted whether it may; it is counted then
     * @param left how many more may follow at once
     * @param fullAfterSeconds until none of the minute's is used
     * @param retryAfterSeconds until the next one may be made; 0 where one may at once
     */
    public record Turn(boolean granted, int left, int fullAfterSeconds, int retryAfterSeconds) {}

    /** @param millis a clock that never goes back, such as {@link System#nanoTime} */
    public RequestRates(LongSupplier millis) {
        this.millis = millis;
        this.began = millis.getAsLong();
    }

    /** Takes one of a caller's requests, if one is left. */
    public Turn take(String caller, int perMinute) {
        long now = millis.getAsLong() - began;
        if (bucketByCaller.size() >= MOST_BUCKETS) {
            // A full bucket is as good as none.
            bucketByCaller.values().removeIf(bucket -> bucket.isFull(now));
        }
        return bucketByCaller
                .compute(
                        caller,
                        (name, before) ->
                                before == null || before.perMinute != perMinute ? new Bucket(perMinute) : before)
                .take(now);
    }

    /**
     * What one caller has used. Time is counted in units of which a millisecond has as many as requests are allowed a
     * minute, so that each request takes {@link #MINUTE} of them.
     */
    private static final class Bucket {
        private final int perMinute;
        /** When it is full again. */
        private final AtomicLong full = new AtomicLong();

        Bucket(int perMinute) {
            this.perMinute = perMinute;
        }

        boolean isFull(long millis) {
            return full.get() <= millis * perMinute;
        }

        Turn take(long millis) {
            long now = millis * perMinute;
            long capacity = MINUTE * perMinute;
            while (true) {
                long before = full.get();
                long used = Math.max(before - now, 0);
                long after = used + MINUTE;
                if (after > capacity) {
                    return new Turn(false, 0, seconds(used), seconds(after - capacity));
                }
                if (full.compareAndSet(before, now + after)) {
                    int left = (int) ((capacity - after) / MINUTE);
                    return new Turn(true, left, seconds(after), left > 0 ? 0 : seconds(after + MINUTE - capacity));
                }
            }
        }

        private int seconds(long units) {
            return (int) -Math.floorDiv(-units, SECOND * perMinute);
        }
    }
}
