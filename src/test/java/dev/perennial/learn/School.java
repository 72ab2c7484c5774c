// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.blas.OpenBlas;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.ReadingObserver;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionObserver;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictor;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.revision.RevisionStore;
import dev.perennial.task.Answer;
import dev.perennial.task.DerivedCache;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.MemoryDerivedCache;
import dev.perennial.task.MemoryTaskStore;
import dev.perennial.task.Policy;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import dev.perennial.text.Text;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReference;

/** A whole service without HTTP and without models: what teaches, serves and predicts one task over fake encoders. */
public final class School implements AutoCloseable {
    /** Small enough to be fast; more than 12 rows are learnt over random features. */
    public static final FitSettings SMALL =
            new FitSettings(12, 128, 64, 64, 16, List.of(1.0, 0.5, 2.0), List.of(0.1, 0.3), List.of(0.01, 0.3), 0.25);

    static final int MOST_EXAMPLES = 10_000;
    static final int MOST_LABELS = 300;
    static final Duration RETENTION = Duration.ofDays(90);
    private static final long RECENT_BYTES = 1L << 24;
    public static final TaskId TASK = new TaskId("task");
    private static final OpenBlas ALGEBRA = new OpenBlas(1L << 30);
    private static final Spreads SPREADS = new Spreads(ReferenceSentences.read(), new MemoryDerivedCache());

    private final AtomicReference<Runnable> beforeProduct = new AtomicReference<>(() -> {});
    private final EncoderPool pool = new EncoderPool(1, 10_000_000);
    private final TaskStore store;
    private final DerivedCache derived;
    private final AdaptationShelf shelf;
    private final FitSettings settings;
    private final LiveGraphs graphs = new LiveGraphs();
    private final ActiveEnsembles active;
    private final TaskMembers taskMembers;
    private final Teacher teacher;
    private final Predictor predictor;
    private final Encoders encoders;
    private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.EPOCH);

    private School(
            TaskStore store, DerivedCache derived, FitSettings settings, List<Encoder> members, long ledgerBytes) {
        this(store, derived, settings, members, ledgerBytes, AdaptationShelf.NONE);
    }

    private School(
            TaskStore store,
            DerivedCache derived,
            FitSettings settings,
            List<Encoder> members,
            long ledgerBytes,
            AdaptationShelf shelf) {
        this.store = store;
        RevisionStore revisions = store instanceof RevisionStore both ? both : new MemoryTaskStore(clock::get);
        this.active = new ActiveEnsembles(store::latestRevision, graphs::isAwaited);
        this.derived = derived;
        this.shelf = shelf;
        this.settings = settings;
        this.encoders = new Encoders(pool, members);
        this.taskMembers = new TaskMembers(
                encoders, shelf, shelf instanceof PastEncoders past ? past : PastEncoders.NONE, revisions);
        this.teacher = new Teacher(
                store,
                taskMembers,
                active,
                new Teacher.Tools(
                        new Learner(halting(), settings, ForkJoinPool.commonPool()),
                        SPREADS,
                        graphs,
                        derived,
                        clock::get,
                        new Teacher.Bounds(
                                MOST_EXAMPLES,
                                MOST_LABELS,
                                new LedgerBudget(ledgerBytes),
                                RECENT_BYTES,
                                Optional.of(RETENTION)),
                        revisions,
                        true));
        this.predictor = new Predictor(
                active, encoders, graphs, PredictionObserver.NONE, ReadingObserver.NONE, Optional.empty());
    }

    /** Algebra before whose next product something may be done. */
    private LinearAlgebra halting() {
        return (LinearAlgebra) Proxy.newProxyInstance(
                LinearAlgebra.class.getClassLoader(),
                new Class<?>[] {LinearAlgebra.class},
                (proxy, method, operands) -> {
                    beforeProduct.getAndSet(() -> {}).run();
                    try {
                        return method.invoke(ALGEBRA, operands);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    /** Does something before the next product that is computed to learn, on the thread that computes it. */
    void beforeNextProduct(Runnable hitch) {
        beforeProduct.set(hitch);
    }

    /** A school with an empty store and two encoders. */
    public static School open(FitSettings settings) {
        return open(settings, List.of(new FakeEncoder("a"), new FakeEncoder("b")));
    }

    public static School open(FitSettings settings, List<Encoder> members) {
        return open(settings, members, AdaptationShelf.NONE);
    }

    /** The same, keeping adaptations for the next start. */
    public static School open(FitSettings settings, List<Encoder> members, AdaptationShelf shelf) {
        return new School(
                new MemoryTaskStore(InstantSource.fixed(Instant.EPOCH)),
                new MemoryDerivedCache(),
                settings,
                members,
                Long.MAX_VALUE,
                shelf);
    }

    /** The same on a store of the caller's. */
    public static School on(TaskStore store, FitSettings settings) {
        List<Encoder> members = List.of(new FakeEncoder("a"), new FakeEncoder("b"));
        return new School(store, new MemoryDerivedCache(), settings, members, Long.MAX_VALUE);
    }

    /** The same, keeping no sufficient statistics from one change to the next. */
    public static School forgetful(FitSettings settings) {
        return new School(
                new MemoryTaskStore(InstantSource.fixed(Instant.EPOCH)),
                new MemoryDerivedCache(),
                settings,
                List.of(new FakeEncoder("a"), new FakeEncoder("b")),
                0);
    }

    /** Another service on the same store, after this one has stopped teaching. */
    public School restarted() {
        return restartedWith(encoders.ready());
    }

    /** The same with other encoders. */
    School restartedWith(List<Encoder> members) {
        teacher.close();
        School again = new School(store, derived, settings, members, Long.MAX_VALUE, shelf);
        graphs.all().forEach(again.graphs::add);
        if (shelf instanceof MemoryAdaptations kept) {
            kept.serving().forEach(again.taskMembers::restore);
        }
        again.teacher.restore();
        return again;
    }

    public static Task task(Kind kind, InputKind input, String... labels) {
        return new Task(
                TASK,
                kind,
                input,
                "",
                List.of(labels).stream().map(label -> new Label(label, "")).toList(),
                kind == Kind.REGRESSION ? Optional.of(new ScoreRange(0, 5)) : Optional.empty(),
                Policy.DEFAULT);
    }

    public static Teaching teaching(String text, String label) {
        return Teaching.of(Input.of(new Text(text)), new Answer.OneLabel(label));
    }

    /** The knowledge graphs that may join in. */
    public LiveGraphs graphs() {
        return graphs;
    }

    public TeachingOutcome teach(List<Teaching> teachings) {
        return teacher.teach(TASK, teachings, Optional.empty(), outcome -> {
            throw new AssertionError("no reply was asked for");
        });
    }

    public TeachingOutcome teach(Teaching... teachings) {
        return teach(List.of(teachings));
    }

    public Prediction predict(String text) {
        return predict(List.of(Input.of(new Text(text))), Mode.FULL).get(0);
    }

    public List<Prediction> predict(List<Input> inputs, Mode mode) {
        return predictor
                .predict(TASK, new PredictionRequest(inputs, 100, mode, true))
                .predictions();
    }

    public Teacher teacher() {
        return teacher;
    }

    /** Compares members on what is taught here. */
    public Examiner examiner() {
        return new Examiner(store, taskMembers, new Learner(ALGEBRA, settings, ForkJoinPool.commonPool()), SPREADS);
    }

    /** Lets time go by. */
    void pass(Duration duration) {
        clock.updateAndGet(now -> now.plus(duration));
    }

    public DerivedCache derived() {
        return derived;
    }

    public TaskStore store() {
        return store;
    }

    public Encoders encoders() {
        return encoders;
    }

    public ActiveEnsembles active() {
        return active;
    }

    public Predictor predictor() {
        return predictor;
    }

    public Ensemble ensemble() {
        return active.of(TASK);
    }

    public String digest() {
        return ensemble().headDigest();
    }

    @Override
    public void close() {
        teacher.close();
        pool.close();
    }
}
