// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.task.Idempotency;
import java.util.List;
import java.util.Optional;

/**
 * Where jobs are kept. Every change is one durable transaction; safe for concurrent use. Events of a job have
 * consecutive numbers from 1, so that a reader can go on where it stopped.
 */
public interface JobStore {

    /**
     * A line of a job's log.
     *
     * @param number position in the job's log, from 1
     * @param type {@code progress}, {@code log} or {@code done}
     * @param data JSON object
     */
    record Event(long number, String type, String data) {}

    /** Stores a new job with everything it needs to run, and the reply to an idempotent request, if there is one. */
    void accept(Job job, byte[] payload, Optional<Idempotency.Entry> reply);

    Optional<Job> job(String id);

    /** At most {@code limit} jobs after {@code after} in the order of their ids ({@code ""}: the first page). */
    List<Job> jobs(String after, int limit);

    /** All jobs that have not reached a final status, oldest first. */
    List<Job> unfinished();

    /** What {@link #accept} stored to run the job; empty once the job is final. */
    Optional<byte[]> payload(String id);

    /** Replaces the job's state and appends an event. The payload is erased when the status is final. */
    void update(Job job, String eventType, String eventData);

    /** Events with a number greater than {@code after}, at most {@code limit}, in order. */
    List<Event> events(String id, long after, int limit);

    /** Removes final jobs that finished before {@code finishedBefore}. Returns how many. */
    int removeFinal(java.time.Instant finishedBefore);
}
