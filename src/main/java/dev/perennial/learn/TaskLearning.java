// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.knowledge.GraphId;
import dev.perennial.refusal.Refusal;
import dev.perennial.revision.Served.MemberPin;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.WholeTask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * From what is stored of a task to what is served of it. What is stored can be ahead when a change failed between the
 * two, or when a task could not be learnt at the start; then the task is noted among the {@link Retries}. The caller
 * holds the task's lock.
 */
final class TaskLearning {
    private static final System.Logger LOG = System.getLogger(TaskLearning.class.getName());

    private final TaskStore store;
    private final TaskMembers members;
    private final ActiveEnsembles active;
    private final Learner learner;
    private final LedgerBudget ledgerBudget;
    private final LessonBook lessons;
    private final GraphReadings readings;
    private final FitKeeper fits;
    private final Retries retries;
    private final Renewals renewals;
    private final Activation activation;
    private final RecentlyServed recent;

    TaskLearning(TaskStore store, TaskMembers members, ActiveEnsembles active, Teacher.Tools tools, FitKeeper fits) {
        this.store = store;
        this.members = members;
        this.active = active;
        this.learner = tools.learner();
        this.ledgerBudget = tools.bounds().ledgers();
        ExampleVectors exampleVectors = new ExampleVectors(store, members.encoders());
        LabelDescriptions labelDescriptions = new LabelDescriptions(store, members);
        this.lessons = new LessonBook(store, members, tools.spreads(), exampleVectors, labelDescriptions);
        this.readings = new GraphReadings(tools.graphs(), exampleVectors, labelDescriptions);
        this.fits = fits;
        this.retries = new Retries(tools.clock());
        this.renewals = new Renewals(store);
        this.activation = new Activation(store, active, tools, renewals);
        this.recent = new RecentlyServed(tools.bounds().recentBytes());
    }

    /** Serves a task for the first time since the start; one that cannot be learnt keeps no other from it. */
    void restore(StoredTask stored, Classroom classroom) {
        TaskId id = stored.task().id();
        active.beginChange(id);
        renewals.suspect(stored);
        try {
            lessons.load(stored.task(), classroom);
            Optional<byte[]> kept = fits.get(id);
            if (kept.isEmpty() || !recall(stored, classroom, kept.get())) {
                activate(stored, classroom);
            }
            active.endChange(id);
        } catch (RuntimeException | Error failure) {
            notLearnt(System.Logger.Level.ERROR, id, failure);
        }
    }

    private boolean recall(StoredTask stored, Classroom classroom, byte[] kept) {
        PrecisionChoice choice = members.choice(stored.task());
        List<GraphReading> read = readings.of(stored.task(), classroom);
        for (PrecisionChoice.Lineup lineup : choice.lineups()) {
            Lesson lesson = lessons.of(stored, classroom, lineup);
            Optional<Learner.Learnt> recalled = learner.recall(lesson, read, kept, choice.terms());
            if (recalled.isPresent()) {
                classroom.hear(learner.digests(lesson, read));
                if (!Activation.isListening(recalled.get().ensemble())) {
                    renewals.clear(stored.task().id());
                }
                serve(certain(recalled.get(), stored));
                return true;
            }
        }
        return false;
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
        if (repeating(id).isEmpty() && retries.settled(id)) {
            LOG.log(System.Logger.Level.INFO, "Task {0} is learnt after all, or gone", id);
        }
    }

    /**
     * Learns a task that could not be learnt, or gives its answers the revision that they could not be given at the
     * start.
     */
    void tryAgain(TaskId id, Classroom classroom) {
        if (!triesToCatchUp(id, classroom)) {
            return;
        }
        try {
            repeating(id)
                    .ifPresent(serving -> store.renew(id)
                            .ifPresent(stored -> activation.serve(serving.with(stored.task(), stored.revision()))));
            retries.settled(id);
        } catch (RuntimeException failure) {
            notRenewed(id, failure);
        }
    }

    /** What serves by a revision by which others may have answered before the start. */
    private Optional<Ensemble> repeating(TaskId id) {
        return active.find(id).filter(serving -> renewals.isDue(id, serving.answerRevision()));
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

    /** A task that could not be learnt before either stays as it is, and keeps no other from being learnt. */
    void learnWith(Encoder encoder, TaskId id, Classroom classroom) {
        try {
            catchUp(id, classroom);
        } catch (Refusal busy) {
            throw busy;
        } catch (RuntimeException stillNotLearnt) {
            return;
        }
        if (!members.of(id).contains(encoder)) {
            return;
        }
        List<Encoder> versions =
                Stream.concat(Stream.of(encoder), encoder.rounded().stream()).toList();
        if (active.find(id).stream()
                .noneMatch(serving -> serving.members().stream().anyMatch(versions::contains))) {
            store.task(id).ifPresent(stored -> activate(stored, classroom));
        }
    }

    /** The same without the encoder of an id, in a task that has it. */
    void learnWithout(String encoder, TaskId id, Classroom classroom) {
        boolean has = active.find(id).stream()
                .flatMap(serving -> serving.members().stream())
                .anyMatch(member -> member.info().id().equals(encoder));
        if (has) {
            learnAnew(id, classroom);
        }
    }

    /** Learns a task anew whose members are other ones now; one that cannot be learnt is tried again. */
    void learnAnew(TaskId id, Classroom classroom) {
        active.beginChange(id);
        try {
            store.task(id).ifPresent(stored -> activate(stored, classroom));
        } catch (RuntimeException failure) {
            notLearnt(System.Logger.Level.WARNING, id, failure);
            throw failure;
        }
        active.endChange(id);
    }

    private void serveStored(TaskId id, Classroom classroom) {
        // What went back may be stored though the change that did so failed.
        members.restorePins();
        Optional<StoredTask> stored = store.task(id);
        Optional<RevisionId> served = active.find(id).filter(members::make).map(Ensemble::revision);
        if (stored.isEmpty()) {
            active.find(id).ifPresent(ensemble -> active.retire(id, new RevisionId(store.latestRevision())));
            clear(id, classroom);
        } else if (!served.equals(stored.map(StoredTask::revision))) {
            classroom.clear();
            lessons.load(stored.get().task(), classroom);
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

    /** By another revision, if others than these answers may have been given by the task's before the start. */
    private Learner.Learnt certain(Learner.Learnt learnt, StoredTask stored) {
        TaskId id = stored.task().id();
        if (!renewals.isDue(id, stored.revision()) || activation.isRepeated(learnt.ensemble())) {
            return learnt;
        }
        try {
            return learnt.as(stored.task(), renewals.renewed(stored).revision());
        } catch (RuntimeException unwritable) {
            notRenewed(id, unwritable);
            return learnt;
        }
    }

    private void notRenewed(TaskId id, Throwable failure) {
        retries.failed(id);
        LOG.log(
                System.Logger.Level.WARNING,
                "Task {0} answers by the revision that it had before the start, until it can be given another: {1}",
                id,
                failure.getClass().getName());
    }

    /** Learns what is stored, and serves it; what is served already is learnt anew, and answers by a new revision. */
    void activate(StoredTask asked, Classroom classroom) {
        TaskId id = asked.task().id();
        // Before anything can fail: it may hold what was learnt from an example that is erased.
        fits.remove(id);
        List<Encoder> unused = members.encoders().some();
        boolean isServed = active.find(id)
                .filter(serving -> serving.answerRevision().compareTo(asked.revision()) >= 0)
                .isPresent();
        StoredTask stored = isServed ? renewals.renewed(asked) : asked;
        Set<Ledgers> idle = new HashSet<>(classroom.allLedgers());
        List<GraphReading> read = readings.of(stored.task(), classroom);
        List<List<String>> said = new ArrayList<>();
        Learner.Learnt learnt = members.choice(stored.task()).made(lineup -> {
            idle.remove(classroom.ledgers(lineup));
            Lesson lesson = lessons.of(stored, classroom, lineup);
            said.add(learner.digests(lesson, read));
            return learn(lesson, read, classroom.ledgers(lineup));
        });
        // What was not brought up to date may hold what was learnt from an example that is erased.
        idle.forEach(ledgerBudget::drop);
        serve(certain(learnt, stored));
        classroom.hear(said.get(0));
        fits.keep(id, learnt);
    }

    private void serve(Learner.Learnt learnt) {
        TaskId id = learnt.ensemble().task().id();
        RevisionId named = activation.serve(learnt.ensemble());
        recent.add(named, learnt);
        if (renewals.isDue(id, named)) {
            retries.failed(id);
        }
    }

    /** What would serve if a classroom that is not the task's were; nothing is changed by it. */
    Learner.Learnt aside(StoredTask stored, Classroom classroom) {
        return aside(stored, classroom, members.choice(stored.task()));
    }

    /** The same with members that need not be the task's. */
    Learner.Learnt aside(StoredTask stored, Classroom classroom, PrecisionChoice choice) {
        try {
            List<GraphReading> read = readings.of(stored.task(), classroom);
            return choice.made(
                    lineup -> learner.learn(lessons.aside(stored, classroom, lineup), read, classroom.ledgers(lineup)));
        } finally {
            classroom.allLedgers().forEach(ledgerBudget::drop);
        }
    }

    /** What would serve if a whole task were stored; nothing is changed by it. */
    Learner.Learnt aside(WholeTask whole) {
        StoredTask stored = new StoredTask(
                whole.task(), new RevisionId(0), Instant.EPOCH, whole.examples().size());
        return aside(stored, lessons.classroom(whole));
    }

    /** Has a task's classroom know, and stores, what its members have read aside of its examples. */
    void take(Task task, Classroom classroom, Classroom aside) {
        lessons.take(task, classroom, aside);
    }

    /** Learns what came in the place of a task, or of none. */
    void replaced(StoredTask stored, Classroom classroom) {
        clear(stored.task().id(), classroom);
        lessons.load(stored.task(), classroom);
        activate(stored, classroom);
    }

    /** Whether those that read texts for an ensemble are of such a choice. */
    static boolean isOf(PrecisionChoice choice, Ensemble ensemble) {
        List<String> digests = digests(ensemble.members().stream()
                .filter(member -> !Activation.isGraph(member))
                .toList());
        return choice.lineups().stream()
                .anyMatch(lineup -> digests(lineup.members()).equals(digests));
    }

    private static List<String> digests(List<Encoder> members) {
        return members.stream().map(member -> member.info().digest()).toList();
    }

    Optional<StoredTask> stored(TaskId id) {
        return store.task(id);
    }

    Encoders encoders() {
        return members.encoders();
    }

    /** Who reads a task, in whatever numbers. */
    List<Encoder> readers(Task task) {
        return members.choice(task).readers();
    }

    /** Tasks that whoever leads answers with something else. */
    Set<TaskId> disputed() {
        return activation.disputed();
    }

    /** Whether a member is there as it was when it answered by a revision. */
    boolean isKept(MemberPin pin) {
        return GraphId.isMember(pin.id()) ? activation.isUnchanged(pin) : members.isKept(pin);
    }

    /** Who answers tasks. */
    TaskMembers members() {
        return members;
    }

    /** Notes that a task's state is that of another revision now, and the same; answers are as they are. */
    void moved(StoredTask stored) {
        activation.moved(stored);
    }

    /** What served not long ago; to be forgotten before something that it may have been learnt from is erased. */
    RecentlyServed recent() {
        return recent;
    }

    /** Serves what was learnt before or aside, of the state that is stored now. */
    void serveAgain(StoredTask stored, Learner.Learnt learnt, Classroom classroom) {
        TaskId id = stored.task().id();
        fits.remove(id);
        Learner.Learnt again = learnt.as(stored.task(), stored.revision());
        serve(again);
        classroom.hear(List.of());
        fits.keep(id, again);
    }

    private Learner.Learnt learn(Lesson lesson, List<GraphReading> readings, Ledgers ledgers) {
        try {
            return learner.learn(lesson, readings, ledgers);
        } finally {
            ledgerBudget.used(ledgers);
        }
    }

    /** Learns a task anew, if a graph says something else of what it was taught than when it was learnt. */
    void hearAnew(TaskId id, Classroom classroom) {
        catchUp(id, classroom);
        Optional<StoredTask> stored = store.task(id);
        if (stored.isEmpty() || active.find(id).isEmpty()) {
            return;
        }
        PrecisionChoice.Lineup exact =
                members.choice(stored.get().task()).lineups().get(0);
        List<GraphReading> read = readings.of(stored.get().task(), classroom);
        List<String> said = learner.digests(lessons.of(stored.get(), classroom, exact), read);
        boolean isOutOfDate = active.of(id).members().stream().anyMatch(activation::isRetired);
        if (isOutOfDate || !said.equals(classroom.heard())) {
            activate(stored.get(), classroom);
        }
    }

    /** Has a task's answers follow the graphs that it listens to; needs no lock. */
    void followGraphs(TaskId id) {
        activation.followGraphs(id);
    }

    /** Serves a task whose policy alone has changed: it learns only where that may change a choice. */
    void follow(StoredTask stored, Classroom classroom) {
        Ensemble serving = active.of(stored.task().id());
        List<Encoder> present = members.of(serving.task().id());
        if (PrecisionChoice.isSame(serving.task(), stored.task(), present)) {
            Ensemble next = serving.with(stored.task(), stored.revision());
            RevisionId named = activation.serve(next);
            recent.find(serving.answerRevision())
                    .ifPresent(learnt -> recent.add(named, learnt.as(stored.task(), stored.revision())));
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
        for (PrecisionChoice.Lineup lineup : members.choice(stored.task()).lineups()) {
            learner.prepare(lessons.of(stored, classroom, lineup), classroom.ledgers(lineup));
            room &= ledgerBudget.used(classroom.ledgers(lineup));
        }
        return room;
    }

    /**
     * What the task's ensemble, as it is now, says of each example had it not seen it. That takes time and needs no
     * lock; none where nothing was taught.
     */
    Function<Learner.Wanted, List<Learner.HeldOutAnswer>> heldOut(StoredTask stored, Classroom classroom) {
        if (classroom.size() == 0) {
            return wanted -> List.of();
        }
        PrecisionChoice.Lineup serving = members.choice(stored.task())
                .of(active.of(stored.task().id()).members().stream()
                        .filter(member -> !Activation.isGraph(member))
                        .toList());
        Lesson lesson = lessons.of(stored, classroom, serving);
        Classroom copy = GraphReadings.sameExamples(classroom);
        return wanted -> learner.heldOut(lesson, readings.of(stored.task(), copy), wanted);
    }

    /** Does what is asked about a task, and changes nothing, beside whatever is learnt. */
    <T> T aside(Runnable requireWanted, Callable<T> work) {
        return learner.aside(requireWanted, work);
    }

    /**
     * What each graph does for a task as it is now, which takes time and needs no lock; none where nothing was taught.
     */
    Supplier<List<GraphTrial>> trials(StoredTask stored, Classroom classroom) {
        if (classroom.size() == 0) {
            return List::of;
        }
        PrecisionChoice.Lineup exact = members.choice(stored.task()).lineups().get(0);
        Lesson lesson = lessons.of(stored, classroom, exact);
        Classroom copy = GraphReadings.sameExamples(classroom);
        return () -> learner.trials(lesson, readings.of(stored.task(), copy));
    }

    /** An ensemble that knows a task's labels by their descriptions and no example; nothing is stored. */
    Ensemble zeroShot(Task task, List<Encoder> readers) {
        Lesson lesson = lessons.ofNone(task, readers);
        return learner.learn(lesson, new Classroom().ledgers()).ensemble();
    }

    /** Forgets all that was derived from a task. */
    void clear(TaskId id, Classroom classroom) {
        renewals.clear(id);
        recent.remove(id);
        fits.remove(id);
        classroom.allLedgers().forEach(ledgerBudget::drop);
        classroom.clear();
    }
}
