// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Holds a read back until this server has reached the revision that it asks for. Thread-safe. */
public final class MinRevision {
    private static final String POINTER = "/min_revision";
    private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();

    private final Duration longest;

    /** @param longest how long a read is held back before it is refused */
    public MinRevision(Duration longest) {
        this.longest = longest;
    }

    /**
     * Returns when the revision is being served. One that no change has had is refused at once: whoever asks for it
     * knows it from nothing that was replied here.
     *
     * @param task the task that is read; empty when it may be any
     * @param asked {@code rev_...}, or null for any
     * @param stay throws when nobody waits for the read any longer
     * @throws Refusal.NotReady when that takes too long, or there is no such revision yet
     */
    public void await(ActiveEnsembles active, Optional<TaskId> task, @Nullable String asked, Runnable stay) {
        if (asked == null) {
            return;
        }
        RevisionId revision = RevisionId.parse(asked)
                .orElseThrow(() ->
                        new Refusal.Invalid(POINTER, "must be a revision as replies name it, rev_ and 16 digits"));
        // Once, and not at each turn: the database is not what a waiting read is to keep busy.
        active.requireStored(revision);
        long deadline = System.nanoTime() + longest.toNanos();
        while (true) {
            try {
                task.ifPresentOrElse(id -> active.requireAtLeast(id, revision), () -> active.requireAtLeast(revision));
                return;
            } catch (Refusal.NotReady behind) {
                if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                    throw behind;
                }
            }
            stay.run();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
