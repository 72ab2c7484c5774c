// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;

/** Learns what may take a member's place. Thread-safe; one refresh of a member goes on at a time. */
public interface Refresher {

    /**
     * What was learnt.
     *
     * @param encoder has the member's id; in memory
     * @param isBetter whether it is by the measure that it was learnt by, on what it has not seen
     * @param report JSON object with that measure's figures
     */
    record Candidate(Encoder encoder, boolean isBetter, String report) {}

    /**
     * Checks that there is enough to learn from.
     *
     * @throws dev.perennial.refusal.Refusal.Conflict when there is not; the detail says what is needed
     */
    void requireEvidence();

    /**
     * Learns beside the member that serves, which stays as it is.
     *
     * @param seed chooses what is held out
     */
    Candidate learn(Encoder serving, long seed);
}
