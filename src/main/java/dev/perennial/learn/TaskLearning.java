// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * From what is stored of a task to what is served of it. What is stored can be ahead when a change failed between the
 * two, or when a task could not be learnt at the start; then the task is noted among the {@link Retries}. The caller
 * holds the task's lock.
 */
final class TaskLearning {
    private static final System.Logger LOG = System.getLogger(TaskLearning.class.getName());

    private final TaskStore store;
    private final Encoders encoders;
    private final ActiveEnsembles active;
    private final Learner learner;
    private final Spreads spreads;
    private final LedgerBudget ledgerBudget;
    private final ExampleVectors exampleVectors;
    private final LabelDescriptions labelDescriptions;
    private final FitKeeper fits;
    private final Retries retries;

    TaskLearning(TaskStore store, Encoders encoders, ActiveEnsembles active, Teacher.Tools tools, FitKeeper fits) {
        this.store = store;
        this.encoders = encoders;
        this.active = active;
        this.learner = tools.learner();
        this.spreads = tools.spreads();
        this.ledgerBudget = new LedgerBudget(tools.bounds().ledgerBytes());
        this.exampleVectors = new ExampleVectors(store, encoders);
        this.labelDescriptions = new LabelDescriptions(store, encoders);
        this.fits = fits;
        this.retries = new Retries(tools.clock());
    }

    /** Serves a task for the first time since the start; one that cannot be learnt keeps no other from it. */
    void restore(StoredTask stored, Classroom classroom) {
        TaskId id = stored.task().id();
        active.beginChange(id);
        try {
            load(stored.task(), classroom);
            if (!recall(stored, classroom)) {
                activate(stored, classroom);
            }
            active.endChange(id);
        } catch (RuntimeException failure) {
            notLearnt(System.Logger.Level.ERROR, id, failure);
        }
    }

    private boolean recall(StoredTask stored, Classroom classroom) {
        Optional<byte[]> kept = fits.get(stored.task().id());
        PrecisionChoice choice = PrecisionChoice.of(stored.task(), encoders.ready());
        Optional<Ensemble> recalled = choice.lineups().stream()
                .flatMap(lineup ->
                        kept
                                .flatMap(fit -> learner.recall(lesson(stored, classroom, lineup), fit, choice.terms()))
                                .stream())
                .findFirst();
        recalled.ifPresent(active::activate);
        return recalled.isPresent();
    }

    /**
     * Serves what is stored, if that is not certain already. What a failed change left behind is made up for, so that a
     * repeated request does not find its work half done.
     */
    void catchUp(TaskId id, Classroom classroom) {
        if (!active.isChanging(id)) {
            return;
        }
        try {
            serveStored(id, classroom);
        } catch (RuntimeException | Error failure) {
            notLearnt(System.Logger.Level.WARNING, id, failure);
            throw failure;
        }
        active.endChange(id);
        if (retries.settled(id)) {
            LOG.log(System.Logger.Level.INFO, "Task {0} is learnt after all, or gone", id);
        }
    }

    /** The same, but a task that cannot be learnt stays as it is; whether it could. */
    boolean triesToCatchUp(TaskId id, Classroom classroom) {
        try {
            catchUp(id, classroom);
            return true;
        } catch (RuntimeException | Error stillNotLearnt) {
            return false;
        }
    }

    private void serveStored(TaskId id, Classroom classroom) {
        Optional<StoredTask> stored = store.task(id);
        Optional<Ensemble> serving = active.find(id);
        if (stored.isEmpty()) {
            serving.ifPresent(ensemble -> active.retire(id, new RevisionId(store.latestRevision())));
            clear(id, classroom);
        } else if (!serving.map(Ensemble::revision).equals(stored.map(StoredTask::revision))) {
            classroom.clear();
            load(stored.get().task(), classroom);
            activate(stored.get(), classroom);
        }
    }

    /** Tasks that could not be learnt and are to be tried again now. */
    List<TaskId> due() {
        return retries.due();
    }

    private void notLearnt(System.Logger.Level level, TaskId id, Throwable failure) {
        retries.failed(id);
        LOG.log(
                level,
                "Task {0} cannot be learnt and will be tried again: {1}",
                id,
                failure.getClass().getName());
    }

    /** Learns what is stored, and serves it. */
    void activate(StoredTask stored, Classroom classroom) {
        TaskId id = stored.task().id();
        // Before anything can fail: it may hold what was learnt from an example that is erased.
        fits.remove(id);
        Set<Ledgers> idle = new HashSet<>(classroom.allLedgers());
        Learner.Learnt learnt = PrecisionChoice.of(stored.task(), encoders.ready())
                .made(lineup -> {
                    idle.remove(classroom.ledgers(lineup));
                    return learn(stored, classroom, lineup);
                });
        // What was not brought up to date may hold what was learnt from an example that is erased.
        idle.forEach(ledgerBudget::drop);
        active.activate(learnt.ensemble());
        fits.keep(id, learnt);
    }

    private Learner.Learnt learn(StoredTask stored, Classroom classroom, PrecisionChoice.Lineup lineup) {
        Lesson lesson = lesson(stored, classroom, lineup);
        try {
            return learner.learn(lesson, classroom.ledgers(lineup));
        } finally {
            ledgerBudget.used(classroom.ledgers(lineup));
        }
    }

    /** Serves a task whose policy alone has changed: it learns only where that may change a choice. */
    void follow(StoredTask stored, Classroom classroom) {
        Ensemble serving = active.of(stored.task().id());
        List<Encoder> members = encoders.ready();
        boolean sameChoice = PrecisionChoice.of(serving.task(), members)
                .terms()
                .equals(PrecisionChoice.of(stored.task(), members).terms());
        if (sameChoice) {
            active.activate(serving.with(stored.task(), stored.revision()));
        } else {
            activate(stored, classroom);
        }
    }

    /** Rebuilds a task's sufficient statistics, unless it has some; whether there is room for those of more tasks. */
    boolean prepare(TaskId id, Classroom classroom) {
        if (classroom.ledgerBytes() > 0) {
            return true;
        }
        try {
            return store.task(id).map(stored -> prepare(stored, classroom)).orElse(true);
        } catch (RuntimeException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Task {0} cannot be prepared: {1}",
                    id,
                    failure.getClass().getName());
            return ledgerBudget.used(classroom.ledgers());
        }
    }

    private boolean prepare(StoredTask stored, Classroom classroom) {
        boolean room = true;
        for (PrecisionChoice.Lineup lineup :
                PrecisionChoice.of(stored.task(), encoders.ready()).lineups()) {
            learner.prepare(lesson(stored, classroom, lineup), classroom.ledgers(lineup));
            room &= ledgerBudget.used(classroom.ledgers(lineup));
        }
        return room;
    }

    /** What the task's ensemble says of each example had it not seen it. */
    List<Learner.HeldOutAnswer> heldOut(StoredTask stored, Classroom classroom) {
        PrecisionChoice.Lineup serving = PrecisionChoice.of(stored.task(), encoders.ready())
                .of(active.of(stored.task().id()).members());
        Lesson lesson = lesson(stored, classroom, serving);
        try {
            return learner.heldOut(lesson, classroom.ledgers(serving));
        } finally {
            ledgerBudget.used(classroom.ledgers(serving));
        }
    }

    /** An ensemble that knows a task's labels by their descriptions and no example; nothing is stored. */
    Ensemble zeroShot(Task task, List<Encoder> members) {
        Lesson lesson = new Lesson(
                task,
                new RevisionId(0),
                members,
                spreads.featureMap(task.input(), members),
                List.of(),
                labelDescriptions.ofNone(task, members));
        return learner.learn(lesson, new Classroom().ledgers()).ensemble();
    }

    /** Forgets all that was derived from a task. */
    void clear(TaskId id, Classroom classroom) {
        fits.remove(id);
        classroom.allLedgers().forEach(ledgerBudget::drop);
        classroom.clear();
    }

    private Lesson lesson(StoredTask stored, Classroom classroom, PrecisionChoice.Lineup lineup) {
        List<Encoder> members = lineup.members();
        Task task = stored.task();
        exampleVectors.encodeMissing(task.id(), classroom, members);
        return new Lesson(
                task,
                stored.revision(),
                members,
                spreads.featureMap(task.input(), members),
                classroom.known(members),
                labelDescriptions.of(task, classroom, members));
    }

    private void load(Task task, Classroom classroom) {
        TaskId id = task.id();
        store.examples(id).forEach(classroom::add);
        for (Encoder member : PrecisionChoice.of(task, encoders.ready()).readers()) {
            classroom.vectors(member).putAll(store.vectors(id, member.info().digest()));
            classroom
                    .labelVectors(member)
                    .putAll(store.labelVectors(id, member.info().digest()));
        }
    }
}
