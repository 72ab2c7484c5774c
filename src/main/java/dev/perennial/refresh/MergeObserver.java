// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.adapt.MergeKind;

/** Told what merges do. Safe for concurrent use. */
@FunctionalInterface
public interface MergeObserver {
    /** Nobody listens. */
    MergeObserver NONE = (member, merge, retained) -> {};

    /**
     * An adapter went on learning and was merged with what it was.
     *
     * @param member the encoder that it adapts
     * @param retained mean share of the old, in [0, 1]
     */
    void merged(String member, MergeKind merge, double retained);
}
