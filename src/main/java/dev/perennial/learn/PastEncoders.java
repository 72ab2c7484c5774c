// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import java.util.Optional;

/**
 * Port: encoders that answer no task by themselves any more, kept for the revisions that they answered by. Safe for
 * concurrent use.
 */
@FunctionalInterface
public interface PastEncoders {
    /** Where nothing is kept. */
    PastEncoders NONE = digest -> Optional.empty();

    /**
     * The adaptation whose encoder has a digest, or rounds to one that has it. Opens it where it is not open, which
     * takes seconds.
     *
     * @return empty when none is kept, or it cannot be opened now
     */
    Optional<Adaptation> find(String digest);

    /** Whether one is kept; opens nothing where that takes time. */
    default boolean has(String digest) {
        return find(digest).isPresent();
    }
}
