// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.time.Instant;

/**
 * A stored teaching.
 *
 * @param id opaque, sortable in the order of teaching, {@code ex_...}
 * @param teaching what was taught
 * @param key identity of what was taught
 * @param addedBy the revision that it came with
 * @param addedAt when
 */
public record Example(String id, Teaching teaching, ContentKey key, RevisionId addedBy, Instant addedAt) {

    /** What a teaching has to have in order to repeat it, or to take its place. */
    public TeachingIdentity identity() {
        return TeachingIdentity.of(teaching.source(), teaching.externalId(), () -> key);
    }
}
