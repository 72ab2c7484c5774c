// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What served last, of all tasks, so that going back a little takes no learning. The longest unused goes first when the
 * memory that it is estimated to take is spent. Thread-safe.
 */
final class RecentlyServed {
    /** Heads of more have as many weights as there are fixed features, which are about as many. */
    private static final long MOST_KERNEL_ROWS = 2_000;

    private static final long OVERHEAD = 4_096;

    private final long mostBytes;
    private final Map<RevisionId, Learner.Learnt> byRevision = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** @param mostBytes that may be taken */
    RecentlyServed(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Notes that something answers by a revision. */
    synchronized void add(RevisionId revision, Learner.Learnt learnt) {
        Learner.Learnt kept =
                learnt.as(learnt.ensemble().task(), learnt.ensemble().revision());
        if (byRevision.putIfAbsent(revision, kept) != null) {
            return;
        }
        bytes += bytes(learnt.ensemble());
        Iterator<Learner.Learnt> oldest = byRevision.values().iterator();
        while (bytes > mostBytes && oldest.hasNext()) {
            bytes -= bytes(oldest.next().ensemble());
            oldest.remove();
        }
    }

    synchronized Optional<Learner.Learnt> find(RevisionId revision) {
        return Optional.ofNullable(byRevision.get(revision));
    }

    /** Forgets all of a task: it may hold what was learnt from an example that is erased. */
    synchronized void remove(TaskId task) {
        Iterator<Learner.Learnt> all = byRevision.values().iterator();
        while (all.hasNext()) {
            Ensemble ensemble = all.next().ensemble();
            if (ensemble.task().id().equals(task)) {
                bytes -= bytes(ensemble);
                all.remove();
            }
        }
    }

    /** Features of the examples in single precision, and heads over them or over fixed features. */
    private static long bytes(Ensemble ensemble) {
        long dimensions = ensemble.members().stream()
                .map(Encoder::info)
                .mapToLong(info -> info.dimension())
                .sum();
        long labels = Math.max(1, ensemble.labels().size());
        long rows = ensemble.examples();
        long weights = (Math.min(rows, MOST_KERNEL_ROWS) + dimensions)
                * labels
                * ensemble.parts().size();
        return Float.BYTES * rows * dimensions + Double.BYTES * weights + OVERHEAD;
    }
}
