// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.math.Probabilities;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.DerivedCache;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Example;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The walk of a teaching: encode, store in one transaction, learn, activate. Everything that changes a task goes
 * through here; changes of one task follow one another, changes of different tasks run side by side. Safe for
 * concurrent use.
 */
public final class Teacher implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Teacher.class.getName());
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final TaskStore store;
    private final Encoders encoders;
    private final ActiveEnsembles active;
    private final Learner learner;
    private final Spreads spreads;
    private final Map<TaskId, Classroom> classroomByTask = new ConcurrentHashMap<>();
    private final LedgerBudget ledgerBudget;
    private final ExampleVectors exampleVectors;
    private final LabelDescriptions labelDescriptions;
    private final FitKeeper fits;
    private final TaskRules rules;
    private final ScheduledExecutorService background = background();

    /** What a teacher works with. */
    public record Tools(Learner learner, Spreads spreads, DerivedCache derived, Bounds bounds) {}

    /**
     * What a task may grow to.
     *
     * @param examples of a task
     * @param labels of a task
     * @param ledgerBytes that the sufficient statistics of all tasks may take
     */
    public record Bounds(long examples, int labels, long ledgerBytes) {}

    public Teacher(TaskStore store, Encoders encoders, ActiveEnsembles active, Tools tools) {
        this.store = store;
        this.encoders = encoders;
        this.active = active;
        this.learner = tools.learner();
        this.spreads = tools.spreads();
        this.ledgerBudget = new LedgerBudget(tools.bounds().ledgerBytes());
        this.exampleVectors = new ExampleVectors(store, encoders);
        this.labelDescriptions = new LabelDescriptions(store, encoders);
        this.rules = new TaskRules(tools.bounds());
        this.fits = new FitKeeper(tools.derived(), background);
    }

    private static ScheduledExecutorService background() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "teacher-background");
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    /**
     * Activates every stored task, learning what was not kept of it. Called once, before the first request.
     *
     * @throws Refusal.NotReady when the thread is interrupted
     */
    public void restore() {
        List<StoredTask> tasks = store.tasks();
        fits.retain(tasks.stream().map(stored -> stored.task().id()).toList());
        for (StoredTask stored : tasks) {
            if (Thread.currentThread().isInterrupted()) {
                throw new Refusal.NotReady("The service is stopping.", 1);
            }
            TaskId id = stored.task().id();
            synchronized (classroom(id)) {
                restore(stored);
            }
        }
        active.caughtUp(new RevisionId(store.latestRevision()));
    }

    /** One task that cannot be learnt must not keep all others from being served. */
    private void restore(StoredTask stored) {
        TaskId id = stored.task().id();
        active.beginChange(id);
        try {
            load(id, classroom(id));
            if (!recall(stored)) {
                activate(stored);
            }
            active.endChange(id);
        } catch (RuntimeException failure) {
            notLearnt(System.Logger.Level.ERROR, id, failure);
        }
    }

    private boolean recall(StoredTask stored) {
        TaskId id = stored.task().id();
        Optional<byte[]> kept = fits.get(id);
        Optional<Ensemble> recalled = kept.flatMap(fit -> learner.recall(lesson(stored, classroom(id)), fit));
        recalled.ifPresent(active::activate);
        return recalled.isPresent();
    }

    /**
     * Begins to rebuild, in the background, the sufficient statistics that the next teaching needs and a restart did
     * not, as far as their budget goes.
     */
    public void warmUp() {
        background.execute(() -> {
            for (StoredTask stored : store.tasks()) {
                if (background.isShutdown() || !warmUp(stored.task().id())) {
                    return;
                }
            }
        });
    }

    /** Whether there is room for more. */
    private boolean warmUp(TaskId id) {
        Classroom classroom = classroom(id);
        synchronized (classroom) {
            if (classroom.ledgers().bytes() > 0) {
                return true;
            }
            try {
                store.task(id).ifPresent(stored -> learner.prepare(lesson(stored, classroom), classroom.ledgers()));
            } catch (RuntimeException failure) {
                notLearnt(System.Logger.Level.WARNING, id, failure);
            }
            return ledgerBudget.used(classroom.ledgers());
        }
    }

    private static void notLearnt(System.Logger.Level level, TaskId id, RuntimeException failure) {
        LOG.log(level, "Task {0} cannot be learnt: {1}", id, failure.getClass().getName());
    }

    /** Memory that sufficient statistics take, of all tasks. */
    long ledgerBytes() {
        return classroomByTask.values().stream()
                .mapToLong(classroom -> classroom.ledgers().bytes())
                .sum();
    }

    /** Ends what goes on in the background, and writes what is to be kept for the next start. */
    @Override
    public void close() {
        // Not interrupted: a file that a thread writes while it is interrupted is lost.
        background.shutdown();
        try {
            background.awaitTermination(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        fits.write();
    }

    /**
     * Learns every task anew with an encoder that has just become ready. It joins the others when it has read every
     * example, so that one that cannot leaves all as it was. Begun again after a failure, it goes on with the tasks
     * that are still without it.
     */
    public void adopt(Encoder encoder) {
        for (StoredTask stored : store.tasks()) {
            TaskId id = stored.task().id();
            synchronized (classroom(id)) {
                exampleVectors.encodeMissing(id, classroom(id), List.of(encoder));
            }
        }
        encoders.add(encoder);
        for (StoredTask stored : store.tasks()) {
            TaskId id = stored.task().id();
            synchronized (classroom(id)) {
                learnWith(encoder, id);
            }
        }
    }

    /** A task that could not be learnt before either stays as it is, and keeps no other from being learnt. */
    private void learnWith(Encoder encoder, TaskId id) {
        if (active.isChanging(id)) {
            try {
                catchUp(id, classroom(id));
            } catch (Refusal busy) {
                throw busy;
            } catch (RuntimeException stillNotLearnt) {
                notLearnt(System.Logger.Level.WARNING, id, stillNotLearnt);
                return;
            }
        }
        if (!active.find(id)
                .filter(serving -> serving.members(Mode.FULL).contains(encoder))
                .isPresent()) {
            store.task(id).ifPresent(this::activate);
        }
    }

    /** Does several things with a task while nobody else changes it, so that what was checked still holds. */
    public <T> T alone(TaskId id, Supplier<T> work) {
        synchronized (classroom(id)) {
            return work.get();
        }
    }

    /**
     * Creates a task or replaces its definition; examples stay.
     *
     * @throws Refusal.Conflict when the task holds examples of another kind, or outside the new score range
     */
    public TaskStore.Defined define(Task task) {
        return changing(task.id(), classroom -> {
            TaskRules.requireFitting(task, classroom);
            TaskStore.Defined defined = store.define(task);
            activate(defined.task());
            return defined;
        });
    }

    /** Replaces a task's policy; answers follow it at once. */
    public TaskStore.Defined setPolicy(TaskId id, Policy policy) {
        return changing(id, classroom -> {
            Ensemble before = active.of(id);
            TaskStore.Defined defined = store.define(before.task().withPolicy(policy));
            active.activate(before.with(defined.task().task(), defined.task().revision()));
            return defined;
        });
    }

    /** Removes a task and everything it was taught. */
    public RevisionId remove(TaskId id) {
        return taking(id, classroom -> {
            RevisionId revision = store.remove(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
            active.retire(id, revision);
            clear(id, classroom);
            return revision;
        });
    }

    /**
     * Teaches. When this returns, the teachings are on disk and the task's serving ensemble has learnt them.
     *
     * @param idempotency stored with the reply, when the client sent a key; checking it beforehand is the caller's part
     * @param reply what to answer, given the outcome
     */
    public TeachingOutcome teach(
            TaskId id,
            List<Teaching> teachings,
            Optional<Idempotency> idempotency,
            Function<TeachingOutcome, Idempotency.Reply> reply) {
        TaskRules.requireFitting(active.of(id).task(), teachings);
        List<EncodedTeaching> encoded = exampleVectors.encode(teachings);
        return changing(id, classroom -> {
            Task task = active.of(id).task();
            TaskRules.requireFitting(task, teachings);
            rules.requireRoom(task, classroom, teachings);
            labelDescriptions.embedNew(task, classroom, teachings);
            String last = classroom.lastExample();
            TeachingOutcome outcome = store.teach(id, encoded, idempotency, reply);
            if (outcome.taught() > 0) {
                outcome.rows().forEach(row -> row.replaced().ifPresent(classroom::remove));
                store.examples(id, last, Integer.MAX_VALUE).forEach(classroom::add);
                exampleVectors.remember(classroom, outcome, encoded);
                store.task(id).ifPresent(this::activate);
            }
            return outcome;
        });
    }

    /** Erases an example and everything learnt from it. */
    public Unlearned forget(TaskId id, String exampleId) {
        return taking(id, classroom -> {
            String before = active.find(id).map(Ensemble::headDigest).orElse("");
            TaskStore.Forgotten forgotten = store.forget(id, exampleId);
            classroom.remove(exampleId);
            store.task(id).ifPresent(this::activate);
            return new Unlearned(
                    forgotten.revision(), exampleId, before, active.of(id).headDigest());
        });
    }

    /**
     * Makes one change of a task, after all earlier ones. What is stored can be ahead of what is served when an earlier
     * change failed between the two; that is made up for first, so that a repeated request does not find its work half
     * done.
     */
    private <T> T changing(TaskId id, Function<Classroom, T> change) {
        Classroom classroom = classroom(id);
        synchronized (classroom) {
            if (active.isChanging(id)) {
                catchUp(id, classroom);
            }
            return change(id, classroom, change);
        }
    }

    /** The same for a change that takes something away, which may be the very thing that cannot be learnt. */
    private <T> T taking(TaskId id, Function<Classroom, T> change) {
        Classroom classroom = classroom(id);
        synchronized (classroom) {
            if (active.isChanging(id)) {
                try {
                    catchUp(id, classroom);
                } catch (RuntimeException stillNotLearnt) {
                    notLearnt(System.Logger.Level.WARNING, id, stillNotLearnt);
                }
            }
            if (store.task(id).isEmpty()) {
                throw new Refusal.NotFound("task", id.value());
            }
            return change(id, classroom, change);
        }
    }

    private <T> T change(TaskId id, Classroom classroom, Function<Classroom, T> change) {
        active.beginChange(id);
        try {
            T result = change.apply(classroom);
            active.endChange(id);
            return result;
        } catch (RuntimeException | Error failure) {
            try {
                catchUp(id, classroom);
            } catch (RuntimeException | Error again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
    }

    private void clear(TaskId id, Classroom classroom) {
        fits.remove(id);
        ledgerBudget.forget(classroom.ledgers());
        classroom.clear();
    }

    /** Serves what is stored, if it is not served already. */
    private void catchUp(TaskId id, Classroom classroom) {
        Optional<StoredTask> stored = store.task(id);
        Optional<Ensemble> serving = active.find(id);
        if (stored.isEmpty()) {
            serving.ifPresent(ensemble -> active.retire(id, new RevisionId(store.latestRevision())));
            clear(id, classroom);
        } else if (!serving.map(Ensemble::revision).equals(stored.map(StoredTask::revision))) {
            classroom.clear();
            load(id, classroom);
            activate(stored.get());
        }
        active.endChange(id);
    }

    /** An ensemble that knows a task's labels by their descriptions and no example; nothing is stored. */
    public Ensemble zeroShot(Task task, List<Encoder> members) {
        Classroom empty = new Classroom();
        Lesson lesson = new Lesson(
                task,
                new RevisionId(0),
                members,
                spreads.featureMap(task.input(), members),
                List.of(),
                labelDescriptions.ofNone(task, members));
        return learner.learn(lesson, empty.ledgers()).ensemble();
    }

    /**
     * The examples taught as {@code actual} that the ensemble which never saw them predicts as {@code predicted}.
     * Leave-one-out predictions of all examples are computed for this, which takes time for large tasks.
     */
    public List<Confusion> confusions(TaskId id, String actual, String predicted) {
        Classroom classroom = classroom(id);
        synchronized (classroom) {
            Ensemble ensemble = active.of(id);
            StoredTask stored = store.task(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
            List<Confusion> confusions = new ArrayList<>();
            for (Learner.HeldOutAnswer heldOut : heldOut(stored, classroom)) {
                Example example = heldOut.known().example();
                int best = Probabilities.argmax(heldOut.answer());
                if (example.teaching().answer().equals(new Answer.OneLabel(actual))
                        && ensemble.labels().get(best).equals(predicted)) {
                    confusions.add(new Confusion(example, heldOut.answer()[best]));
                }
            }
            return confusions;
        }
    }

    private List<Learner.HeldOutAnswer> heldOut(StoredTask stored, Classroom classroom) {
        try {
            return learner.heldOut(lesson(stored, classroom), classroom.ledgers());
        } finally {
            ledgerBudget.used(classroom.ledgers());
        }
    }

    /** The labels that a task's examples carry. */
    public Set<String> taughtLabels(TaskId id) {
        Classroom classroom = classroom(id);
        synchronized (classroom) {
            Set<String> labels = new TreeSet<>();
            classroom.examples().forEach(example -> example.teaching().answer().addLabelsTo(labels));
            return labels;
        }
    }

    private void activate(StoredTask stored) {
        TaskId id = stored.task().id();
        Classroom classroom = classroom(id);
        // Before anything can fail: it may hold what was learnt from an example that is erased.
        fits.remove(id);
        Lesson lesson = lesson(stored, classroom);
        try {
            Learner.Learnt learnt = learner.learn(lesson, classroom.ledgers());
            active.activate(learnt.ensemble());
            fits.keep(id, learnt);
        } finally {
            ledgerBudget.used(classroom.ledgers());
        }
    }

    private Lesson lesson(StoredTask stored, Classroom classroom) {
        List<Encoder> members = encoders.ready();
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

    private void load(TaskId id, Classroom classroom) {
        store.examples(id).forEach(classroom::add);
        for (Encoder member : encoders.ready()) {
            classroom.vectors(member).putAll(store.vectors(id, member.info().digest()));
            classroom
                    .labelVectors(member)
                    .putAll(store.labelVectors(id, member.info().digest()));
        }
    }

    private Classroom classroom(TaskId id) {
        return classroomByTask.computeIfAbsent(id, any -> new Classroom());
    }
}
