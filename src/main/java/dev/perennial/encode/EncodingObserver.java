// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

/** Port: told of every run of an encoder. Implementations are thread-safe and quick. */
@FunctionalInterface
public interface EncodingObserver {
    /** Ignores everything. */
    EncodingObserver NONE = (passages, waitedNanos) -> {};

    /**
     * A run begins.
     *
     * @param passages how many it embeds at once
     * @param waitedNanos how long it waited for a thread
     */
    void running(int passages, long waitedNanos);
}
