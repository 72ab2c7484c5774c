// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The ensemble that serves each task now. Swapping one is a single reference write; readers never wait. Safe for
 * concurrent use.
 */
public final class ActiveEnsembles {
    private final Map<TaskId, Ensemble> byTask = new ConcurrentHashMap<>();
    private final AtomicLong applied = new AtomicLong();

    /** The serving ensemble of a task. */
    public Ensemble of(TaskId id) {
        Ensemble ensemble = byTask.get(id);
        if (ensemble == null) {
            throw new Refusal.NotFound("task", id.value());
        }
        return ensemble;
    }

    /** The serving ensemble of a task, if it is served. */
    public Optional<Ensemble> find(TaskId id) {
        return Optional.ofNullable(byTask.get(id));
    }

    /** All serving ensembles, in no particular order. */
    public Collection<Ensemble> all() {
        return byTask.values();
    }

    /** Makes an ensemble the serving one of its task. */
    public void activate(Ensemble ensemble) {
        byTask.put(ensemble.task().id(), ensemble);
        caughtUp(ensemble.revision());
    }

    /** Stops serving a task. */
    public void retire(TaskId id, RevisionId revision) {
        byTask.remove(id);
        caughtUp(revision);
    }

    /**
     * Checks that everything up to a revision is being served.
     *
     * @throws Refusal.NotReady when this server is behind it
     */
    public void requireAtLeast(RevisionId revision) {
        if (applied.get() < revision.number()) {
            throw new Refusal.NotReady("This server has not reached the revision that min_revision asks for.", 1);
        }
    }

    /** Notes that everything up to a revision is being served. */
    public void caughtUp(RevisionId revision) {
        applied.accumulateAndGet(revision.number(), Math::max);
    }
}
