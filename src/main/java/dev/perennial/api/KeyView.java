// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.access.ApiKey;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A key, without what lets anybody in.
 *
 * @param id names it
 * @param name what people call it
 * @param role what it allows
 * @param createdAt when it was made
 * @param expiresAt from when it is not taken any more; null: until it is revoked
 * @param requestsPerMinute how many requests may be made with it; null: as configured
 * @param examplesPerDay how many examples may be taught with it; null: as configured
 */
@Schema(name = "Key")
public record KeyView(
        String id,
        String name,
        String role,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Integer requestsPerMinute,
        @Nullable Integer examplesPerDay) {

    static KeyView of(ApiKey key) {
        return new KeyView(
                key.id(),
                key.name(),
                key.role().key(),
                key.createdAt(),
                key.expiresAt().orElse(null),
                key.quota().requestsPerMinute().orElse(null),
                key.quota().examplesPerDay().orElse(null));
    }
}
