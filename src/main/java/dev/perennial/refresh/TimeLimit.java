// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** When work has to have ended. */
record TimeLimit(InstantSource clock, Instant end) {

    /** What is left of it; zero when it has passed. */
    Duration left() {
        Duration left = Duration.between(clock.instant(), end);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
