// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Holds a read back until this server has reached the revision that it asks for. Thread-safe. */
public final class MinRevision {
    private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();

    private final Duration longest;

    /** @param longest how long a read is held back before it is refused */
    public MinRevision(Duration longest) {
        this.longest = longest;
    }

    /**
     * Returns when the revision is being served.
     *
     * @param asked {@code rev_...}, or null for any
     * @param pointer where it stands in the request
     * @throws Refusal.NotReady when that takes too long
     */
    public void await(ActiveEnsembles active, @Nullable String asked, String pointer) {
        if (asked == null) {
            return;
        }
        RevisionId revision = RevisionId.parse(asked)
                .orElseThrow(() ->
                        new Refusal.Invalid(pointer, "must be a revision as replies name it, rev_ and 16 digits"));
        long deadline = System.nanoTime() + longest.toNanos();
        while (true) {
            try {
                active.requireAtLeast(revision);
                return;
            } catch (Refusal.NotReady behind) {
                if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                    throw behind;
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
