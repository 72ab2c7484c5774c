// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.Optional;

/**
 * Where a change comes from.
 *
 * @param actor who makes it; never client text
 * @param traceId of the request that makes it; empty for work in the background
 * @param examplesPerDay how many examples the actor may teach in a day, where that is bounded
 */
public record Origin(String actor, Optional<String> traceId, Optional<Integer> examplesPerDay) {
    /** The service by itself: jobs, and what is learnt anew in the background. */
    public static final Origin SERVICE = new Origin("service", Optional.empty());

    private static final String ANONYMOUS = "anonymous";

    /** An actor who may teach as much as they like. */
    public Origin(String actor, Optional<String> traceId) {
        this(actor, traceId, Optional.empty());
    }

    /** A request. Nobody has to say who they are. */
    public static Origin request(String traceId) {
        return new Origin(ANONYMOUS, Optional.of(traceId));
    }
}
