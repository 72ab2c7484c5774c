// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.knowledge.LinkingEncoder;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * From what is stored of a task to what is served of it. What is stored can be ahead when a change failed between the
 * two, or when a task could not be learnt at the start; then the task is noted among the {@link Retries}. The caller
 * holds the task's lock.
 */
final class TaskLearning {
    private static final System.Logger LOG = System.getLogger(TaskLearning.class.getName());

    /** By which the vectors of a graph's entities are dealt out anew for comparison. */
    private static final long DEAL = 1;

    private final TaskStore store;
    private final Encoders encoders;
    private final ActiveEnsembles active;
    private final Learner learner;
    private final Spreads spreads;
    private final LiveGraphs graphs;
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
        this.graphs = tools.graphs();
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
        if (kept.isEmpty()) {
            return false;
        }
        PrecisionChoice choice = PrecisionChoice.of(stored.task(), encoders.ready());
        List<GraphReading> readings = readings(stored.task(), classroom);
        for (PrecisionChoice.Lineup lineup : choice.lineups()) {
            Lesson lesson = lesson(stored, classroom, lineup);
            Optional<Ensemble> recalled = learner.recall(lesson, readings, kept.get(), choice.terms());
            if (recalled.isPresent()) {
                classroom.hear(learner.digests(lesson, readings));
                active.activate(live(recalled.get()));
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
        List<GraphReading> readings = readings(stored.task(), classroom);
        List<List<String>> said = new ArrayList<>();
        Learner.Learnt learnt = PrecisionChoice.of(stored.task(), encoders.ready())
                .made(lineup -> {
                    idle.remove(classroom.ledgers(lineup));
                    Lesson lesson = lesson(stored, classroom, lineup);
                    said.add(learner.digests(lesson, readings));
                    return learn(lesson, readings, classroom.ledgers(lineup));
                });
        // What was not brought up to date may hold what was learnt from an example that is erased.
        idle.forEach(ledgerBudget::drop);
        active.activate(live(learnt.ensemble()));
        classroom.hear(said.get(0));
        fits.keep(id, learnt);
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
        PrecisionChoice.Lineup exact = PrecisionChoice.of(stored.get().task(), encoders.ready())
                .lineups()
                .get(0);
        List<GraphReading> readings = readings(stored.get().task(), classroom);
        List<String> said = learner.digests(lesson(stored.get(), classroom, exact), readings);
        boolean isOutOfDate = active.of(id).members().stream().anyMatch(this::isRetired);
        if (isOutOfDate || !said.equals(classroom.heard())) {
            activate(stored.get(), classroom);
        }
    }

    /** Whether it is of a graph that serves no longer, or not in the same space. */
    private boolean isRetired(Encoder member) {
        return isGraph(member) && graphs.all().stream().noneMatch(graph -> graph == member);
    }

    private static boolean isGraph(Encoder member) {
        return member.info().reading() == EncoderInfo.Reading.KNOWLEDGE;
    }

    /** With the graphs as they will be in the place of those that it was learnt with. */
    private Ensemble live(Ensemble learnt) {
        return learnt.by(member -> isGraph(member)
                ? graphs.find(member.info().id())
                        .filter(graph -> member instanceof LinkingEncoder linking && graph.fits(linking))
                        .map(Encoder.class::cast)
                        .orElse(member)
                : member);
    }

    /** What every graph, as it is now, has read of a task's examples and labels. */
    private List<GraphReading> readings(Task task, Classroom classroom) {
        List<GraphReading> readings = new ArrayList<>();
        for (LiveGraph live : graphs.all()) {
            LinkingEncoder graph = live.snapshot();
            try {
                readings.add(reading(task, classroom, graph));
            } catch (RuntimeException failure) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "Task {0} is learnt without {1}, which cannot read its examples: {2}",
                        task.id(),
                        graph.info().id(),
                        failure.getClass().getName());
            }
        }
        classroom.retainGraphs(readings.stream().map(GraphReading::id).collect(Collectors.toSet()));
        return readings;
    }

    private GraphReading reading(Task task, Classroom classroom, LinkingEncoder graph) {
        return new GraphReading(
                graph,
                exampleVectors.ofGraph(classroom, graph),
                labelDescriptions.ofGraph(task, classroom, graph),
                () -> reading(task, controls(classroom), graph.shuffled(DEAL)));
    }

    /** A classroom of the same examples for what graphs read of them with their entities' vectors dealt out anew. */
    private static Classroom controls(Classroom classroom) {
        Classroom controls = new Classroom();
        classroom.examples().forEach(controls::add);
        return controls;
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
                .of(active.of(stored.task().id()).members().stream()
                        .filter(member -> !isGraph(member))
                        .toList());
        Lesson lesson = lesson(stored, classroom, serving);
        try {
            return learner.heldOut(lesson, readings(stored.task(), classroom), classroom.ledgers(serving));
        } finally {
            ledgerBudget.used(classroom.ledgers(serving));
        }
    }

    /** What each graph does for a task; none where nothing was taught. */
    List<GraphTrial> trials(StoredTask stored, Classroom classroom) {
        if (classroom.size() == 0) {
            return List.of();
        }
        PrecisionChoice.Lineup exact =
                PrecisionChoice.of(stored.task(), encoders.ready()).lineups().get(0);
        return learner.trials(lesson(stored, classroom, exact), readings(stored.task(), classroom));
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
