// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.access.Quota;
import dev.perennial.access.Role;
import dev.perennial.refusal.Refusal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A key that is wanted.
 *
 * @param name what people call it
 * @param role what it allows
 * @param expiresAt from when it is not taken any more; never when left out
 * @param requestsPerMinute how many requests may be made with it; as configured when left out
 * @param examplesPerDay how many examples may be taught with it; as configured when left out
 */
@Schema(
        name = "KeyOrder",
        requiredProperties = {"role"})
public record KeyBody(
        @Nullable String name,

        @Schema(enumeration = {"reader", "teacher", "operator"}) @Nullable
        String role,

        @Schema(format = "date-time") @Nullable String expiresAt,

        @Schema(minimum = "1", maximum = "1000000") @Nullable
        Integer requestsPerMinute,

        @Schema(minimum = "1", maximum = "1000000000") @Nullable
        Integer examplesPerDay) {

    Quota quota() {
        return new QuotaBody(requestsPerMinute, examplesPerDay).quota();
    }

    Role allowed() {
        return Optional.ofNullable(role)
                .flatMap(Role::of)
                .orElseThrow(() -> new Refusal.Invalid("/role", "must be reader, teacher or operator"));
    }

    /** What is in the past would never be taken. */
    Optional<Instant> expiry(Instant now) {
        if (expiresAt == null) {
            return Optional.empty();
        }
        try {
            Instant expiry = Instant.parse(expiresAt);
            if (!expiry.isAfter(now)) {
                throw new Refusal.Invalid("/expires_at", "must be in the future");
            }
            return Optional.of(expiry);
        } catch (DateTimeParseException e) {
            throw new Refusal.Invalid("/expires_at", "must be a time in UTC, such as 2030-01-31T00:00:00Z");
        }
    }
}
