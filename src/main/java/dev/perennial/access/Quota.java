// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

import java.util.Optional;

/**
 * How much a caller may ask for; what is empty has no bound.
 *
 * @param requestsPerMinute requests of each process, as {@link RequestRates} counts them
 * @param examplesPerDay examples taught from one midnight, in UTC, to the next
 */
public record Quota(Optional<Integer> requestsPerMinute, Optional<Integer> examplesPerDay) {
    /** No bounds. */
    public static final Quota NONE = new Quota(Optional.empty(), Optional.empty());

    /** The greatest bound of requests. */
    public static final int MOST_REQUESTS = 1_000_000;

    /** The greatest bound of examples. */
    public static final int MOST_EXAMPLES = 1_000_000_000;

    /** The same, with another one's bounds where it has none. */
    Quota or(Quota other) {
        return new Quota(requestsPerMinute.or(other::requestsPerMinute), examplesPerDay.or(other::examplesPerDay));
    }
}
