// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import dev.perennial.refusal.Refusal;

/**
 * Until when somebody waits for embeddings.
 *
 * @param nanos on the clock of {@link System#nanoTime}
 * @param late what they get when it is past
 */
public record Deadline(long nanos, Refusal late) {

    /** Nanoseconds that are left; negative when it is past. */
    public long leftNanos() {
        return nanos - System.nanoTime();
    }
}
