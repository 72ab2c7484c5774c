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

    /** Features of the examples and heads with as many numbers as there are of both, which is never too few. */
    private static long bytes(Ensemble ensemble) {
        long dimensions = ensemble.members().stream()
                .map(Encoder::info)
                .mapToLong(info -> info.dimension())
                .sum();
        long labels = Math.max(1, ensemble.labels().size());
        long rows = ensemble.examples();
        return Double.BYTES
                        * (rows * dimensions
                                + (rows + dimensions)
                                        * labels
                                        * ensemble.parts().size())
                + (1 << 12);
    }
}
