// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.util.Optional;

/**
 * One kind of long work. Implementations are thread-safe and can be begun again: work that was cut off by the end of
 * the process, or by a store that was away, is done once more from its payload and must then pick up what it had done.
 */
public interface JobWork {

    /**
     * What came of it.
     *
     * @param result JSON object
     * @param complete whether all was done; false when it ended early because it was cancelled
     */
    record Outcome(String result, boolean complete) {}

    /** Name of the kind, e.g. {@code teaching}. */
    String kind();

    /**
     * Does the work.
     *
     * @param job the job as it stands
     * @param payload what was accepted
     * @param progress where to say how far it got, and to ask whether to go on
     * @throws dev.perennial.refusal.Refusal when it cannot be done, which fails the job with a problem
     */
    Outcome work(Job job, byte[] payload, JobProgress progress);

    /** What is kept of work that failed, a JSON object; empty when it had done nothing. */
    default Optional<String> kept(Job job, byte[] payload) {
        return Optional.empty();
    }

    /** Gives back what was set aside for a job that has failed for good. */
    default void giveUp(Job job, byte[] payload) {}

    /** Gives back what was set aside for a job that was cancelled before it began. */
    default void abandon(Job job, byte[] payload) {}
}
