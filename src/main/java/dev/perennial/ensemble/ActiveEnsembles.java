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
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The ensemble that serves each task now. Swapping one is a single reference write; readers never wait. Safe for
 * concurrent use.
 */
public final class ActiveEnsembles {
    private final Map<TaskId, Ensemble> byTask = new ConcurrentHashMap<>();
    private final AtomicLong applied = new AtomicLong();
    /** Tasks that may be ahead on disk, and what was served when that began: their own change has a later revision. */
    private final Map<TaskId, Long> servedBeforeChange = new ConcurrentHashMap<>();

    private final LongSupplier stored;
    private final Predicate<RevisionId> isAwaited;

    /** Of which all that is stored serves, but for tasks that are being changed. */
    public ActiveEnsembles() {
        this(() -> 0, revision -> false);
    }

    /**
     * @param stored number of the latest change of anything that is on disk
     * @param isAwaited whether a change that is on disk, and none of a task, does not serve yet
     */
    public ActiveEnsembles(LongSupplier stored, Predicate<RevisionId> isAwaited) {
        this.stored = stored;
        this.isAwaited = isAwaited;
    }

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

    /**
     * Makes an ensemble the serving one of its task, if the one that it was made in view of still is; whether it is.
     *
     * @param before what served when it was made
     */
    public boolean replace(Optional<Ensemble> before, Ensemble ensemble) {
        TaskId id = ensemble.task().id();
        boolean replaced = before.isPresent()
                ? byTask.replace(id, before.get(), ensemble)
                : byTask.putIfAbsent(id, ensemble) == null;
        if (replaced) {
            caughtUp(ensemble.revision());
        }
        return replaced;
    }

    /** Stops serving a task. */
    public void retire(TaskId id, RevisionId revision) {
        byTask.remove(id);
        caughtUp(revision);
    }

    /** Notes that a task may be ahead on disk of what is served, from now until {@link #endChange}. */
    public void beginChange(TaskId id) {
        if (byTask.containsKey(id)) {
            caughtUp(new RevisionId(stored.getAsLong()));
        }
        servedBeforeChange.putIfAbsent(id, applied.get());
    }

    /** The same for a task that another process has changed, which is on disk already. */
    public void beginFollowing(TaskId id) {
        servedBeforeChange.putIfAbsent(
                id, find(id).map(Ensemble::revision).map(RevisionId::number).orElse(0L));
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
     * Checks that a change has been made; looks at what is stored once at most.
     *
     * @throws Refusal.NotReady when it has not, as far as this server knows
     */
    public void requireStored(RevisionId revision) {
        if (applied.get() < revision.number()) {
            caughtUp(new RevisionId(stored.getAsLong()));
        }
        if (applied.get() < revision.number()) {
            throw behind();
        }
    }

    /**
     * Checks that a task answers with a change, which may be another task's or a knowledge graph's, and with everything
     * that the task itself was taught before. After {@link #requireStored} this looks at nothing stored.
     *
     * @throws Refusal.NotReady when it does not
     */
    public void requireAtLeast(TaskId id, RevisionId revision) {
        requireStored(revision);
        if (isAwaited.test(revision) || isLearning(id, revision)) {
            throw behind();
        }
    }

    /**
     * Checks that every task answers with a change, and with everything that it was taught before.
     *
     * @throws Refusal.NotReady when one does not
     */
    public void requireAtLeast(RevisionId revision) {
        requireStored(revision);
        // What is no task's serves when it is stored, unless it is awaited.
        if (isAwaited.test(revision) || servedBeforeChange.keySet().stream().anyMatch(id -> isLearning(id, revision))) {
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
