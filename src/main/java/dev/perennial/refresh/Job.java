// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.time.Instant;
import java.util.Optional;

/**
 * A piece of long work and how far it got. Immutable.
 *
 * @param id {@code job_...}
 * @param kind what kind of work, e.g. {@code teaching}
 * @param subject what it works on, e.g. the task's id
 * @param status where it is in its life
 * @param progress how far it got
 * @param createdAt when it was accepted
 * @param startedAt when it first ran
 * @param finishedAt when it reached its end
 * @param result JSON object with what came of it; of a job that failed or was cancelled, what it has done is kept
 * @param problem JSON object (RFC 9457) with why it failed
 */
public record Job(
        String id,
        String kind,
        String subject,
        Status status,
        Progress progress,
        Instant createdAt,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        Optional<String> result,
        Optional<String> problem) {

    /** The life of a job. The last three are final. */
    public enum Status {
        QUEUED,
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED;

        public boolean isFinal() {
            return this == SUCCEEDED || this == FAILED || this == CANCELLED;
        }
    }

    /**
     * @param done units finished
     * @param total units in all; 0 while that is not known
     * @param unit what is counted, e.g. {@code examples}
     * @param message one short sentence; never contains client text
     */
    public record Progress(long done, long total, String unit, String message) {}
}
