// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.access.Quota;
import dev.perennial.refusal.Refusal;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How much may be asked for with a key.
 *
 * @param requestsPerMinute how many requests may be made; as configured when left out
 * @param examplesPerDay how many examples may be taught; as configured when left out
 */
@Schema(name = "Quota")
public record QuotaBody(
        @Schema(minimum = "1", maximum = "1000000") @Nullable
        Integer requestsPerMinute,

        @Schema(minimum = "1", maximum = "1000000000") @Nullable
        Integer examplesPerDay) {

    Quota quota() {
        return new Quota(
                bound("/requests_per_minute", requestsPerMinute, Quota.MOST_REQUESTS),
                bound("/examples_per_day", examplesPerDay, Quota.MOST_EXAMPLES));
    }

    private static Optional<Integer> bound(String pointer, @Nullable Integer wanted, int most) {
        if (wanted != null && (wanted < 1 || wanted > most)) {
            throw new Refusal.Invalid(pointer, "must lie between 1 and " + most);
        }
        return Optional.ofNullable(wanted);
    }
}
