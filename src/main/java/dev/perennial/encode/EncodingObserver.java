// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

/** Port: told of every run of an encoder. Implementations are thread-safe and quick. */
public interface EncodingObserver {
    /** Ignores everything. */
    EncodingObserver NONE = new EncodingObserver() {
        @Override
        public void looked(int found, int missing) {}

        @Override
        public void running(int passages, long waitedNanos) {}
    };

    /**
     * A request was looked up in the cache.
     *
     * @param found embeddings that were there
     * @param missing embeddings that have to be computed
     */
    void looked(int found, int missing);

    /**
     * A run begins.
     *
     * @param passages how many it embeds at once
     * @param waitedNanos how long it waited for a thread
     */
    void running(int passages, long waitedNanos);
}
