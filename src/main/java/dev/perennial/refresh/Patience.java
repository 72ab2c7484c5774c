// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.time.Duration;
import java.util.Optional;

/**
 * How often work that finds the service busy is begun again, with pauses that double. Work that got further in the
 * meantime is counted anew. Not thread-safe.
 */
final class Patience {
    private static final int ATTEMPTS = 8;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    private long reached;
    private int failures;

    /** @param reached how far the work got before */
    Patience(long reached) {
        this.reached = reached;
    }

    /**
     * The pause before the next attempt; empty when there were enough.
     *
     * @param done how far the work got until it found the service busy
     */
    Optional<Duration> after(long done) {
        if (done > reached) {
            reached = done;
            failures = 0;
        }
        failures++;
        return failures < ATTEMPTS ? Optional.of(FIRST_PAUSE.multipliedBy(1L << (failures - 1))) : Optional.empty();
    }
}
