// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.time.Duration;

/** What work in progress tells and asks. Every report is durable and reaches who listens. Thread-safe. */
public interface JobProgress {

    /**
     * Says how far the work got.
     *
     * @param message one short sentence; never contains client text
     */
    void report(long done, long total, String message);

    /** Writes a line into the job's log; never contains client text. */
    void log(String message);

    /**
     * The loss of a step of a training, which can be drawn as it falls.
     *
     * @param training names one of the job's trainings
     * @param way what the training tries; several trainings may try the same
     * @param step counts from 1
     */
    record Loss(String training, String way, int step, double loss) {}

    /** Writes a line into the job's log, with the numbers that it tells. */
    default void log(String message, Loss loss) {
        log(message);
    }

    /**
     * Whether to go on; asked between steps that are safe to stop after.
     *
     * @return false once the job was cancelled, or is ended because it gave no sign of itself for too long: whatever is
     *     told or asked here is one
     * @throws JobStopped when the process ends; the job goes on after the next start
     */
    boolean mayGoOn();

    /**
     * Whether the job is over for work that gave no sign of itself for too long: nothing of that may serve or be kept
     * any more. Asking is no sign.
     */
    default boolean isEnded() {
        return false;
    }

    /**
     * Asked immediately before what cannot be taken back.
     *
     * @throws JobStopped when {@link #isEnded}
     */
    default void requireNotEnded() {
        if (isEnded()) {
            throw new JobStopped();
        }
    }

    /**
     * Waits, but not longer than the process lives.
     *
     * @throws JobStopped when the process ends
     */
    void pause(Duration duration);

    /** Leaves work because the process ends, or because the work stood still. Let it pass. */
    final class JobStopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        JobStopped() {
            super("the process ends", null, false, false);
        }
    }
}
