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
    /** Tasks that may be ahead on disk, and what was served when that began: their own change has a later revision. */
    private final Map<TaskId, Long> servedBeforeChange = new ConcurrentHashMap<>();

    /**
     * The serving ensemble of a task.
     *
     * @throws Refusal.NotReady when the task is there but could not be learnt
     */
    public Ensemble of(TaskId id) {
        Ensemble ensemble = byTask.get(id);
        if (ensemble == null && isChanging(id)) {
            throw new Refusal.NotReady(
                    "This task is being learnt, or could not be and is tried again; the log of the service says why.",
                    1);
        }
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

    /** How many tasks are there and not served, because they are being learnt for the first time or could not be. */
    public long unserved() {
        return servedBeforeChange.keySet().stream()
                .filter(id -> !byTask.containsKey(id))
                .count();
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

    /** Notes that a task may be ahead on disk of what is served, from now until {@link #endChange}. */
    public void beginChange(TaskId id) {
        servedBeforeChange.putIfAbsent(id, applied.get());
    }

    /** Notes that what is on disk of a task is served. */
    public void endChange(TaskId id) {
        servedBeforeChange.remove(id);
    }

    /** Whether a task may be ahead on disk of what is served. */
    public boolean isChanging(TaskId id) {
        return servedBeforeChange.containsKey(id);
    }

    /** Whether a task is served, or may be on disk. */
    public boolean isKnown(TaskId id) {
        return byTask.containsKey(id) || isChanging(id);
    }

    /**
     * Checks that a task answers with everything up to a revision, which may be another task's.
     *
     * @throws Refusal.NotReady when it does not
     */
    public void requireAtLeast(TaskId id, RevisionId revision) {
        if (applied.get() < revision.number() || isLearning(id, revision)) {
            throw behind();
        }
    }

    /**
     * Checks that every task answers with everything up to a revision.
     *
     * @throws Refusal.NotReady when one does not
     */
    public void requireAtLeast(RevisionId revision) {
        if (applied.get() < revision.number()
                || servedBeforeChange.keySet().stream().anyMatch(id -> isLearning(id, revision))) {
            throw behind();
        }
    }

    /** Whether the revision may be the one that the task is learning now. */
    private boolean isLearning(TaskId id, RevisionId revision) {
        Long before = servedBeforeChange.get(id);
        return before != null
                && before < revision.number()
                && find(id).map(Ensemble::revision).map(RevisionId::number).orElse(0L) < revision.number();
    }

    private static Refusal.NotReady behind() {
        return new Refusal.NotReady("This server has not reached the revision that min_revision asks for.", 1);
    }

    /** Notes that everything up to a revision is being served. */
    public void caughtUp(RevisionId revision) {
        applied.accumulateAndGet(revision.number(), Math::max);
    }
}
