// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

import java.time.Instant;
import java.util.Optional;

/**
 * Somebody whose tasks, texts, keys and jobs nobody else sees.
 *
 * @param id names it
 * @param name what people call it
 * @param place where its things are kept, which no other tenant's ever are, not even one's of the same id: the name of
 *     a directory and the end of the name of a schema
 * @param createdAt when it was made
 * @param removedAt since when its things are being deleted
 * @param begun whether it has been served, so that its things are where they are kept, or are lost
 */
public record Tenant(
        TenantId id, String name, String place, Instant createdAt, Optional<Instant> removedAt, boolean begun) {

    /** Whether it is there. */
    public boolean isPresent() {
        return removedAt.isEmpty();
    }
}
