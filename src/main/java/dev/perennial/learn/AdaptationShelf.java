// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

/** Port: where adaptations are kept for the next start. Safe for concurrent use. */
public interface AdaptationShelf {
    /** Keeps nothing. */
    AdaptationShelf NONE = id -> {};

    /**
     * Forgets an adaptation for good; nothing happens when there is none.
     *
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when it cannot be forgotten now
     */
    void remove(String id);
}
