// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.knowledge.LinkingEncoder;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.refusal.Refusal;
import dev.perennial.revision.RevisionStore;
import dev.perennial.task.ContentKey;
import dev.perennial.task.DerivedCache;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.SourceName;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
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
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_RETRIES = Duration.ofSeconds(1);
    private static final long EXPIRY_MINUTES = 60;

    private final TaskStore store;
    private final TaskMembers members;
    private final boolean leads;
    private final ActiveEnsembles active;
    private final Classrooms classrooms;
    private final TaskLearning learning;
    private final ExampleVectors exampleVectors;
    private final LabelDescriptions labelDescriptions;
    private final FitKeeper fits;
    private final TaskRules rules;
    private final ScheduledExecutorService background = background();
    private final Hearing hearing;
    private final LiveVectors vectors;
    private final TaskInsight insight;
    private final TaskChanges changes;
    private final TaskRevisions revisions;
    private final RevisionExpiry expiry;
    private final WholeTasks wholeTasks;
    private final Rehearsals rehearsals;
    private final Joining joining;
    private final Quarantine quarantine;
    private final Unlearning unlearning;

    /**
     * What a teacher works with.
     *
     * @param leads whether nobody else changes what is stored; else this one follows whoever does
     */
    public record Tools(
            Learner learner,
            Spreads spreads,
            LiveGraphs graphs,
            DerivedCache derived,
            InstantSource clock,
            Bounds bounds,
            RevisionStore revisions,
            boolean leads) {}

    /**
     * What a task may grow to.
     *
     * @param examples of a task
     * @param labels of a task
     * @param ledgers keeps the sufficient statistics of tasks
     * @param recentBytes that what served before, and may again at once, may take
     * @param revisions how long revisions are kept after others have followed; empty: as long as their tasks
     */
    public record Bounds(
            long examples, int labels, LedgerBudget ledgers, long recentBytes, Optional<Duration> revisions) {}

    public Teacher(TaskStore store, TaskMembers members, ActiveEnsembles active, Tools tools) {
        this.store = store;
        this.leads = tools.leads();
        this.members = members;
        this.active = active;
        this.classrooms = new Classrooms(active::isKnown);
        this.exampleVectors = new ExampleVectors(store, members.encoders());
        this.labelDescriptions = new LabelDescriptions(store, members);
        this.rules = new TaskRules(tools.bounds());
        this.fits = new FitKeeper(tools.derived(), background);
        this.learning = new TaskLearning(store, members, active, tools, fits);
        this.hearing = new Hearing(store, active, classrooms, learning, background);
        this.vectors = new LiveVectors(store, members);
        this.insight = new TaskInsight(store, active, classrooms, learning);
        this.changes = new TaskChanges(store, active, classrooms, learning, vectors);
        this.rehearsals = new Rehearsals(store, members, tools);
        this.joining = new Joining(store, members, active, classrooms, learning, vectors, changes, rehearsals);
        this.revisions = new TaskRevisions(tools.revisions(), active, classrooms, learning, changes);
        this.expiry = new RevisionExpiry(store, members, changes, learning, tools);
        this.wholeTasks =
                new WholeTasks(store, members, exampleVectors, new WholeTasks.Learning(rules, changes, learning));
        this.quarantine = new Quarantine(store, active, learning, changes, insight, rules);
        this.unlearning = new Unlearning(store, members, active, learning, changes);
    }

    private static ScheduledExecutorService background() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "teacher-background");
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    /**
     * Activates every stored task, learning what was not kept of it. Called once, before the first request. A task that
     * cannot be learnt is tried again in the background until it can.
     *
     * @throws Refusal.NotReady when the thread is interrupted
     */
    public void restore() {
        members.restorePins();
        List<StoredTask> tasks = store.tasks();
        fits.retain(tasks.stream().map(stored -> stored.task().id()).toList());
        for (StoredTask stored : tasks) {
            if (Thread.currentThread().isInterrupted()) {
                throw new Refusal.NotReady("The service is stopping.", 1);
            }
            classrooms.enter(stored.task().id(), classroom -> learning.restore(stored, classroom));
        }
        active.caughtUp(new RevisionId(store.latestRevision()));
        long pause = BETWEEN_RETRIES.toMillis();
        Future<?> unused = background.scheduleWithFixedDelay(
                new Undying("learning what could not be learnt", this::retry), pause, pause, TimeUnit.MILLISECONDS);
        if (leads) {
            Future<?> unusedToo = background.scheduleWithFixedDelay(
                    new Undying("letting revisions go", expiry::run), 1, EXPIRY_MINUTES, TimeUnit.MINUTES);
        }
    }

    /**
     * Has a task be answered as it is stored now, after somebody else has changed it. One that cannot be learnt is
     * tried again in the background.
     */
    public void follow(TaskId id) {
        active.beginFollowing(id);
        classrooms.enter(id, classroom -> {
            boolean unused = learning.triesToCatchUp(id, classroom);
        });
    }

    /** Tasks that the process that is followed answers with something else than this one. */
    public Set<TaskId> disputed() {
        return learning.disputed();
    }

    /** Lets go of the revisions that are not kept any longer. */
    void expireRevisions() {
        expiry.run();
    }

    /** Learns, or renews, the tasks that could not be and are to be tried again now. */
    void retry() {
        for (TaskId id : learning.due()) {
            if (background.isShutdown()) {
                return;
            }
            classrooms.enter(id, classroom -> learning.tryAgain(id, classroom));
        }
    }

    /**
     * Begins to rebuild, in the background, the sufficient statistics that the next teaching needs and a restart did
     * not, as far as their budget goes.
     */
    public void warmUp() {
        background.execute(() -> {
            for (StoredTask stored : store.tasks()) {
                TaskId id = stored.task().id();
                if (background.isShutdown() || !classrooms.alone(id, classroom -> learning.prepare(id, classroom))) {
                    return;
                }
            }
        });
    }

    /**
     * A graph has changed, come or gone: when this returns, answers follow what it knows now, or do without it. In a
     * while, in the background, tasks are learnt anew of whose examples it says something else than before.
     */
    public void graphsChanged() {
        hearing.graphsChanged();
    }

    /** Learns the tasks anew for which a graph has changed; those that could not be are tried again in a while. */
    void hearAnew() {
        hearing.hearAnew();
    }

    /** Whether graphs will be heard again. */
    boolean isToHear() {
        return hearing.isDue();
    }

    /** Tells what tasks were taught. */
    public TaskInsight insight() {
        return insight;
    }

    /** Goes back to earlier revisions of tasks, and compares them. */
    public TaskRevisions revisions() {
        return revisions;
    }

    /** What answers, or answered, by a revision, and what it says of its examples had it not seen them. */
    public Rehearsal rehearsal(TaskId id, RevisionId revision) {
        return rehearsals.of(revisions.of(id, revision), revisions.setting(id, revision), revisions.cast(id, revision));
    }

    /** Whether tasks may be learnt with a graph as it would be; nothing is changed by asking. */
    public boolean admits(LinkingEncoder graph, Admittance admittance) {
        return joining.admits(graph, admittance);
    }

    /** Sets examples of tasks apart, and brings them back. */
    public Quarantine quarantine() {
        return quarantine;
    }

    /** How many tasks are held in memory. */
    int classrooms() {
        return classrooms.size();
    }

    /** Memory that sufficient statistics take, of all tasks. */
    long ledgerBytes() {
        return classrooms.ledgerBytes();
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
     * example, so that one that cannot leaves all as it was; the one of the same id, if there is one, gives way to it.
     * Begun again after a failure, it goes on with the tasks that are still without it. What members that serve no
     * longer, or that never came to, have left with a task goes when the task has learnt.
     */
    public void adopt(Encoder encoder) {
        boolean unused = adopt(encoder, Admittance.ALWAYS);
    }

    /**
     * The same if it is admitted.
     *
     * @return false when it is not: then nothing has changed
     */
    public boolean adopt(Encoder encoder, Admittance admittance) {
        return joining.adopt(encoder, admittance);
    }

    /**
     * Learns every task anew without the encoder of this id, and forgets the vectors that it has given. Begun again
     * after a failure, it goes on with the tasks that still have it.
     *
     * @param goesOn told before each task
     */
    public void dismiss(String encoder, Runnable goesOn) {
        joining.dismiss(encoder, goesOn);
    }

    /** What hears of all that is erased of some tasks from now on; what is being erased now is gone before that. */
    public Prospect prospect(Collection<TaskId> tasks) {
        Prospect prospect = members.prospect(tasks);
        tasks.forEach(id -> classrooms.enter(id, classroom -> {}));
        return prospect;
    }

    /**
     * Learns the tasks of an adaptation anew with it, and has it answer them. It joins when it has read every example
     * of theirs, so that one that cannot leaves all as it was. Begun again after a failure, it goes on.
     *
     * @param prospect has heard of all that was erased since the adaptation's examples were read
     * @param admittance asked when it has read the examples and before anything answers by it
     * @return false when it is not admitted, or learnt from what was erased: then nothing has changed
     */
    public boolean adapt(Adaptation adaptation, Prospect prospect, Admittance admittance) {
        return joining.adapt(adaptation, prospect, admittance);
    }

    /**
     * Ends an adaptation for good: its tasks learn anew with the encoder that it was made of.
     *
     * @param goesOn told before each task
     */
    public void endAdaptation(String id, Runnable goesOn) {
        changes.learnAnew(members.end(id), goesOn);
    }

    /** Whether the adaptation of an id serves. */
    public boolean isAdapted(String id) {
        return members.find(id).isPresent();
    }

    /** Does several things with a task while nobody else changes it, so that what was checked still holds. */
    public <T> T alone(TaskId id, Supplier<T> work) {
        return classrooms.alone(id, classroom -> work.get());
    }

    /**
     * Creates a task or replaces its definition; examples stay.
     *
     * @throws Refusal.Conflict when the task holds examples of another kind, or outside the new score range
     * @throws Refusal.NotReady when there is no encoder to learn with; nothing is stored
     */
    public TaskStore.Defined define(Task task) {
        List<Encoder> unused = members.encoders().some();
        return changes.changing(task.id(), classroom -> {
            TaskRules.requireFitting(task, classroom);
            TaskStore.Defined defined = store.define(task);
            // Not the revisions: answers that follow a graph have moved the stored one.
            if (active.find(task.id()).map(Ensemble::task).filter(task::equals).isEmpty()) {
                learning.activate(defined.task(), classroom);
            }
            return latest(defined);
        });
    }

    /** Replaces a task's policy; answers follow it at once. */
    public TaskStore.Defined setPolicy(TaskId id, Policy policy) {
        return changes.changing(id, classroom -> {
            TaskStore.Defined defined = store.define(changes.definition(id).withPolicy(policy));
            learning.follow(defined.task(), classroom);
            return latest(defined);
        });
    }

    /** With the revision that the task has now; serving it may have taken another one. */
    private TaskStore.Defined latest(TaskStore.Defined defined) {
        return new TaskStore.Defined(store.task(defined.task().task().id()).orElse(defined.task()), defined.created());
    }

    /** Removes a task and everything it was taught, in other tasks too. */
    public RevisionId remove(TaskId id) {
        return changes.ending(
                id,
                ended -> changes.taking(id, classroom -> {
                    ended.addAll(members.unlearn(id));
                    RevisionId revision = store.remove(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
                    active.retire(id, revision);
                    learning.clear(id, classroom);
                    return revision;
                }));
    }

    /** Puts whole tasks in the place of others. */
    public WholeTasks wholeTasks() {
        return wholeTasks;
    }

    /**
     * Checks that a task has room for teachings, as {@link #teach} does.
     *
     * @throws Refusal.TooLarge when the task would grow beyond its bounds
     */
    public void requireRoom(TaskId id, List<Teaching> teachings) {
        classrooms.enter(id, classroom -> rules.requireRoom(changes.definition(id), classroom, teachings));
    }

    /**
     * Teaches. When this returns, the teachings are on disk and the task's serving ensemble has learnt them. A text
     * that is replaced by another one is erased, with everything learnt from it; what was said of the same text before
     * is kept for earlier revisions.
     *
     * @param idempotency stored with the reply, when the client sent a key; checking it beforehand is the caller's part
     * @param reply what to answer, given the outcome
     */
    public TeachingOutcome teach(
            TaskId id,
            List<Teaching> teachings,
            Optional<Idempotency> idempotency,
            Function<TeachingOutcome, Idempotency.Reply> reply) {
        Task asked = changes.definition(id);
        TaskRules.requireFitting(asked, teachings);
        List<Encoder> readers = members.choice(asked).readers();
        List<EncodedTeaching> encoded = exampleVectors.encode(teachings, readers);
        return changes.ending(
                id,
                ended -> changes.changing(id, classroom -> {
                    Task task = changes.definition(id);
                    TaskRules.requireFitting(task, teachings);
                    rules.requireRoom(task, classroom, teachings);
                    // Before the teachings, so that nothing is left of what they replace whatever fails.
                    Set<ContentKey> erased = new HashSet<>(classroom.overwritten(teachings));
                    store.outdated(id, teachings)
                            .forEach(example ->
                                    erased.add(ContentKey.of(example.teaching().input())));
                    if (!erased.isEmpty()) {
                        // Nothing is unlearnt for what is refused.
                        store.requireTeachable(encoded.size());
                        learning.recent().remove(id);
                    }
                    ended.addAll(members.unlearn(id, erased));
                    labelDescriptions.embedNew(task, classroom, teachings);
                    String last = classroom.lastExample();
                    TeachingOutcome outcome = store.teach(id, encoded, idempotency, reply);
                    if (outcome.taught() > 0) {
                        outcome.rows().forEach(row -> row.replaced().ifPresent(classroom::remove));
                        store.examples(id, last, Integer.MAX_VALUE).forEach(classroom::add);
                        exampleVectors.remember(classroom, outcome, encoded, readers);
                        store.task(id).ifPresent(stored -> learning.activate(stored, classroom));
                    }
                    return outcome;
                }));
    }

    /**
     * Teaches a candidate, which serves nothing until it is promoted.
     *
     * @param onward whether it goes on from the candidate that there is; else it is made from what serves
     * @return what the candidate was taught; its revision is the candidate's
     */
    public TeachingOutcome stage(TaskId id, List<Teaching> teachings, boolean onward) {
        Task asked = changes.definition(id);
        TaskRules.requireFitting(asked, teachings);
        requireRoom(id, teachings);
        List<EncodedTeaching> encoded =
                exampleVectors.encode(teachings, members.choice(asked).readers());
        return revisions.stage(id, encoded, onward);
    }

    /** Erases an example and everything learnt from it, in other tasks too. */
    public Unlearned forget(TaskId id, String exampleId) {
        return unlearning.forget(id, exampleId);
    }

    /** Erases all that a source ever taught a task, and everything learnt from it, in other tasks too. */
    public Undone undo(TaskId id, SourceName source) {
        return unlearning.undo(id, source);
    }

    /** An ensemble that knows a task's labels by their descriptions and no example; nothing is stored. */
    public Ensemble zeroShot(Task task, List<Encoder> members) {
        return learning.zeroShot(task, members);
    }

    /**
     * An ensemble that has learnt a task from teachings none of which is stored; nothing is.
     *
     * @throws Refusal.NotReady when there is no encoder to learn with
     */
    public Ensemble improvise(Task task, List<Teaching> teachings) {
        // Whatever it is called: what a stored task of its name is adapted or pinned to is not its.
        return rehearsals.improvised(
                task, teachings, members.cast(members.encoders().some()));
    }
}
