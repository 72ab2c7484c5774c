// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.Passage;
import dev.perennial.knowledge.EntityVectorsBuilder;
import dev.perennial.knowledge.GraphClearing;
import dev.perennial.knowledge.GraphDefinition;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.Graphs;
import dev.perennial.knowledge.KnowledgeEncoder;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.knowledge.Statement;
import dev.perennial.refresh.GraphStanding.State;
import dev.perennial.refusal.Refusal;
import dev.perennial.store.SqlKnowledgeStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.RevisionId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens to graphs while something else does: each step waits where the test has it wait. */
@Timeout(60)
final class GraphKeeperRaceTest {
    private static final GraphId GRAPH = new GraphId("places");
    private static final GraphId OTHER = new GraphId("other");
    private static final Duration SOON = Duration.ofMillis(20);
    private static final String READER = "graph-keeper";
    private static final String FOLLOWER = "graph-neighbours";

    @TempDir
    private Path directory;

    /** Who has read the statements of a graph goes on when this opens. */
    private final Map<GraphId, Gate> read = new ConcurrentHashMap<>();

    /** Done by threads of this name when they tell what has changed, or read a text. */
    private final Map<String, Runnable> whenTelling = new ConcurrentHashMap<>();

    private final Map<String, Runnable> whenEncoding = new ConcurrentHashMap<>();
    private final EncoderPool pool = new EncoderPool(1, 1_000_000);
    private final Encoders encoders = new Encoders(pool, List.of(new Observed(new FakeEncoder("b"))));
    private final MemoryShelf shelf = new MemoryShelf();
    private final LiveGraphs live = new LiveGraphs();
    private SqliteDatabase database;
    private KnowledgeStore store;
    private GraphKeeper keeper;
    private Graphs graphs;

    /** Tells that somebody has come, and lets nobody pass before it is opened. */
    private static final class Gate {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        void pass() {
            reached.countDown();
            await(open);
        }

        void awaitSomebody() {
            await(reached);
        }

        void open() {
            open.countDown();
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
    }

    private static void doAs(Map<String, Runnable> work) {
        work.getOrDefault(Thread.currentThread().getName(), () -> {}).run();
    }

    /** An encoder that can be seen reading. */
    private final class Observed implements Encoder {
        private final FakeEncoder encoder;

        Observed(FakeEncoder encoder) {
            this.encoder = encoder;
        }

        @Override
        public EncoderInfo info() {
            return encoder.info();
        }

        @Override
        public List<Embedding> encode(List<Passage> passages) {
            doAs(whenEncoding);
            return encoder.encode(passages);
        }

        @Override
        public void close() {
            encoder.close();
        }
    }

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        store = waiting(new SqlKnowledgeStore(database, () -> Instant.EPOCH));
        GraphLoader loader = new GraphLoader(store, shelf, encoders, 1L << 28);
        keeper = new GraphKeeper(store, shelf, loader, live, () -> doAs(whenTelling), SOON);
        graphs = new Graphs(store, keeper, new GraphClearing(store));
        define(GRAPH);
        define(OTHER);
        keeper.settle(GRAPH);
        keeper.settle(OTHER);
    }

    private KnowledgeStore waiting(KnowledgeStore real) {
        return (KnowledgeStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {KnowledgeStore.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(real, arguments);
                        if (method.getName().equals("read")) {
                            Optional.ofNullable(read.get((GraphId) arguments[0]))
                                    .ifPresent(Gate::pass);
                        }
                        return result;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    @AfterEach
    void close() {
        read.values().forEach(Gate::open);
        graphs.close();
        pool.close();
        database.close();
    }

    private RevisionId define(GraphId id) {
        return graphs.define(new GraphDefinition(id, "")).graph().revision();
    }

    private KnowledgeEncoder serving(GraphId id) {
        return keeper.find(id).orElseThrow();
    }

    /** An entity that so many others relate to. */
    private void stateHub(GraphId id, int neighbours) {
        edit(id, "hub", "Hub");
        for (int i = 0; i < neighbours; i++) {
            String name = "n" + i;
            graphs.edit(id, name, List.of(Statement.label(name, name, "en"), Statement.relation(name, "in", "hub")));
        }
        keeper.settle(id);
    }

    private void edit(GraphId id, String entity, String label) {
        graphs.edit(id, entity, List.of(Statement.label(entity, label, "en")));
    }

    private static void eventually(BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!holds.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(holds.getAsBoolean()).isTrue();
    }

    private Gate gate(GraphId id) {
        Gate gate = new Gate();
        read.put(id, gate);
        return gate;
    }

    @Test
    void graphRemovedWhileItIsRead_servesNoMore() {
        edit(OTHER, "secret", "Secret");
        Gate old = gate(OTHER);
        keeper.changed(OTHER);
        old.awaitSomebody();
        Gate next = gate(GRAPH);
        keeper.changed(GRAPH);

        RevisionId removed = graphs.remove(OTHER);

        old.open();
        next.awaitSomebody();
        assertThat(keeper.find(OTHER)).isEmpty();
        assertThat(live.isAwaited(removed)).isFalse();
        next.open();
        keeper.settle(OTHER);
        assertThat(keeper.find(OTHER)).isEmpty();
    }

    @Test
    void graphDefinedAnewWhileTheOldOneIsRead_servesNothingOfThat_andIsAwaitedUntilItServes() {
        edit(OTHER, "secret", "Secret");
        Gate old = gate(OTHER);
        keeper.changed(OTHER);
        old.awaitSomebody();
        Gate next = gate(GRAPH);
        keeper.changed(GRAPH);

        graphs.remove(OTHER);
        RevisionId created = define(OTHER);

        read.remove(OTHER);
        old.open();
        next.awaitSomebody();
        assertThat(keeper.find(OTHER)).isEmpty();
        assertThat(live.isAwaited(created)).isTrue();
        next.open();
        keeper.settle(OTHER);
        assertThat(serving(OTHER).graph().contains("secret")).isFalse();
        assertThat(live.isAwaited(created)).isFalse();
    }

    @Test
    void removalThatIsToldAfterTheNextGraphWasDefined_endsTheOldOne_andSettlesNothingOfTheNew() {
        edit(OTHER, "secret", "Secret");
        RevisionId removed = store.remove(OTHER);
        RevisionId created =
                store.define(new GraphDefinition(OTHER, "")).graph().revision();
        Gate gate = gate(OTHER);
        keeper.created(OTHER, created);
        assertThat(keeper.find(OTHER)).isEmpty();
        gate.awaitSomebody();

        keeper.removed(OTHER, removed);

        assertThat(live.isAwaited(removed)).isFalse();
        assertThat(live.isAwaited(created)).isTrue();
        gate.open();
        keeper.settle(OTHER);
        assertThat(serving(OTHER).graph().contains("secret")).isFalse();
        assertThat(live.isAwaited(created)).isFalse();
    }

    @Test
    void editWhileFollowerTellsOthers_isFollowedByNeighbours() throws InterruptedException {
        stateHub(GRAPH, 40);
        Gate telling = new Gate();
        whenTelling.put(FOLLOWER, telling::pass);
        edit(GRAPH, "hub", "Centre");
        telling.awaitSomebody();

        edit(GRAPH, "hub", "Middle");

        assertThat(keeper.standing(GRAPH).state()).isEqualTo(State.FOLLOWING);
        telling.open();
        keeper.settle(GRAPH);
        assertThat(serving(GRAPH).isSettled()).isTrue();
        eventually(() -> keeper.standing(GRAPH).state() == State.CURRENT);
    }

    @Test
    void removalThatTasksCannotBeTold_happens_andIsSettledWhenTheyCan() throws InterruptedException {
        EntityVectorsBuilder given = new EntityVectorsBuilder(1);
        given.add("a", new float[] {1});
        shelf.give(GRAPH, given.build("given"));
        AtomicBoolean away = new AtomicBoolean(true);
        Runnable failing = () -> {
            if (away.get()) {
                throw new Refusal.StoreUnavailable("The store is away.", 1);
            }
        };
        whenTelling.put(Thread.currentThread().getName(), failing);
        whenTelling.put(READER, failing);

        RevisionId removed = graphs.remove(GRAPH);

        assertThat(keeper.find(GRAPH)).isEmpty();
        eventually(() -> shelf.given(GRAPH).isEmpty());
        assertThat(live.isAwaited(removed)).isTrue();
        away.set(false);
        eventually(() -> !live.isAwaited(removed));
    }

    @Test
    void editThatTasksCannotBeTold_serves_andIsSettledWhenTheyCan() throws InterruptedException {
        AtomicBoolean away = new AtomicBoolean(true);
        Runnable failing = () -> {
            if (away.get()) {
                throw new Refusal.StoreUnavailable("The store is away.", 1);
            }
        };
        whenTelling.put(Thread.currentThread().getName(), failing);
        whenTelling.put(READER, failing);

        RevisionId edited = graphs.edit(GRAPH, "oslo", List.of(Statement.label("oslo", "Oslo", "en")));
        keeper.redefined(GRAPH);

        assertThat(serving(GRAPH).graph().contains("oslo")).isTrue();
        assertThat(live.isAwaited(edited)).isTrue();
        away.set(false);
        eventually(() -> !live.isAwaited(edited));
        assertThat(keeper.standing(GRAPH)).isEqualTo(new GraphStanding(State.CURRENT, true, Optional.empty()));
    }

    @Test
    void neighboursOfOneGraph_doNotWaitForAllThoseOfAnother() {
        stateHub(GRAPH, 120);
        stateHub(OTHER, 20);
        List<Integer> late = new ArrayList<>();
        Gate encoding = new Gate();
        whenEncoding.put(FOLLOWER, encoding::pass);
        whenTelling.put(
                FOLLOWER,
                () -> late.addAll(List.of(serving(OTHER).late(), serving(GRAPH).late())));
        edit(GRAPH, "hub", "Centre");
        encoding.awaitSomebody();
        edit(OTHER, "hub", "Centre");

        encoding.open();
        keeper.settle(GRAPH);
        keeper.settle(OTHER);

        assertThat(late.get(0)).as("of the one that was told of first").isZero();
        assertThat(late.get(1)).as("of the other one then").isGreaterThan(60);
        assertThat(serving(GRAPH).late()).isZero();
    }

    @Test
    void standing_waitsForNothing() throws Exception {
        stateHub(GRAPH, 20);
        Gate encoding = new Gate();
        whenEncoding.put(FOLLOWER, encoding::pass);
        edit(GRAPH, "hub", "Centre");
        encoding.awaitSomebody();

        GraphStanding standing =
                CompletableFuture.supplyAsync(() -> keeper.standing(GRAPH)).get(5, TimeUnit.SECONDS);

        assertThat(standing).isEqualTo(new GraphStanding(State.FOLLOWING, true, Optional.empty()));
        encoding.open();
    }

    @Test
    void settle_doesNotWaitForAClientThatGoesOnEditing() throws Exception {
        stateHub(GRAPH, 100);
        whenEncoding.put(FOLLOWER, () -> pause(10));
        AtomicBoolean goOn = new AtomicBoolean(true);
        CountDownLatch first = new CountDownLatch(1);
        Thread client = new Thread(() -> {
            for (int i = 0; goOn.get(); i++) {
                edit(GRAPH, "hub", "Hub " + i);
                first.countDown();
            }
        });
        client.start();
        try {
            Gate.await(first);
            CompletableFuture.runAsync(() -> keeper.settle(GRAPH)).get(20, TimeUnit.SECONDS);
        } finally {
            goOn.set(false);
            client.join(20_000);
        }
        keeper.settle(GRAPH);
        assertThat(serving(GRAPH).isSettled()).isTrue();
    }

    @Test
    void settle_doesNotWaitForChangesThatComeWheneverNeighboursHaveFollowed() throws Exception {
        stateHub(GRAPH, 20);
        AtomicInteger told = new AtomicInteger();
        AtomicBoolean telling = new AtomicBoolean();
        whenTelling.put(FOLLOWER, () -> {
            if (telling.compareAndSet(false, true)) {
                edit(GRAPH, "hub", "Hub " + told.incrementAndGet());
                telling.set(false);
            }
        });
        edit(GRAPH, "hub", "Centre");
        try {
            CompletableFuture.runAsync(() -> keeper.settle(GRAPH)).get(20, TimeUnit.SECONDS);
            eventually(() -> told.get() > 2);
        } finally {
            whenTelling.clear();
        }
        // One change may still be on its way.
        eventually(() -> keeper.standing(GRAPH).state() == State.CURRENT);
        assertThat(serving(GRAPH).isSettled()).isTrue();
    }

    @Test
    void neighboursThatMemoryDoesNotHold_followWhenItDoes_andKeepNobodyWaiting() throws Exception {
        stateHub(GRAPH, 20);
        AtomicBoolean failed = new AtomicBoolean();
        whenEncoding.put(FOLLOWER, () -> {
            if (failed.compareAndSet(false, true)) {
                throw new OutOfMemoryError("as if");
            }
        });

        edit(GRAPH, "hub", "Centre");
        CompletableFuture.runAsync(() -> keeper.settle(GRAPH)).get(20, TimeUnit.SECONDS);
        edit(GRAPH, "hub", "Middle");
        CompletableFuture.runAsync(() -> keeper.settle(GRAPH)).get(20, TimeUnit.SECONDS);

        assertThat(failed).isTrue();
        assertThat(serving(GRAPH).isSettled()).isTrue();
    }

    private static void pause(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** What follows is held up by another graph, so that the one that is waited for is nobody's turn. */
    @Test
    void settle_waitsForNeighboursThatWereLate() throws InterruptedException {
        stateHub(GRAPH, 20);
        stateHub(OTHER, 20);
        Gate encoding = new Gate();
        whenEncoding.put(FOLLOWER, encoding::pass);
        edit(OTHER, "hub", "Centre");
        encoding.awaitSomebody();
        edit(GRAPH, "hub", "Centre");
        AtomicInteger late = new AtomicInteger(-1);
        Thread waiting = new Thread(() -> {
            keeper.settle(GRAPH);
            late.set(serving(GRAPH).late());
        });
        waiting.start();
        eventually(() -> List.of(Thread.State.WAITING, Thread.State.TERMINATED).contains(waiting.getState()));
        encoding.open();
        waiting.join(20_000);

        assertThat(late).hasValue(0);
    }
}
