// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.Passage;
import dev.perennial.knowledge.EntityVectors;
import dev.perennial.knowledge.EntityVectorsBuilder;
import dev.perennial.knowledge.GraphClearing;
import dev.perennial.knowledge.GraphDefinition;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.Graphs;
import dev.perennial.knowledge.KnowledgeEncoder;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.knowledge.Provenance;
import dev.perennial.knowledge.Statement;
import dev.perennial.refresh.GraphStanding.State;
import dev.perennial.refusal.Refusal;
import dev.perennial.store.SqlKnowledgeStore;
import dev.perennial.store.SqliteDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class GraphKeeperTest {
    private static final long SEED = Long.getLong("perennial.seed", 7);
    private static final GraphId GRAPH = new GraphId("places");
    private static final GraphId LARGE = new GraphId("large");
    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    private Path directory;

    /** Methods of the store that fail. */
    private final Set<String> failing = ConcurrentHashMap.newKeySet();

    /** What those wait for who have read the large graph. */
    private volatile CountDownLatch gate = new CountDownLatch(0);

    private volatile CountDownLatch reached = new CountDownLatch(1);
    private volatile boolean outOfMemory;
    private final EncoderPool pool = new EncoderPool(1, 1_000_000);
    private final Encoders encoders = new Encoders(pool, List.of(new FakeEncoder("b")));
    private final MemoryShelf shelf = new MemoryShelf();
    private final LiveGraphs live = new LiveGraphs();
    private final AtomicInteger heard = new AtomicInteger();
    private SqliteDatabase database;
    private KnowledgeStore store;
    private GraphLoader loader;
    private GraphKeeper keeper;
    private Graphs graphs;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        store = sometimesFailing(new SqlKnowledgeStore(database, () -> Instant.EPOCH));
        loader = new GraphLoader(store, shelf, encoders, 1L << 28);
        keep(NEVER);
        graphs.define(new GraphDefinition(GRAPH, ""));
        keeper.settle(GRAPH);
    }

    private void keep(Duration shortestWait) {
        keeper = new GraphKeeper(store, shelf, loader, live, heard::incrementAndGet, shortestWait);
        graphs = new Graphs(store, keeper, new GraphClearing(store));
    }

    /** The store, but for failures and for waiting. */
    private KnowledgeStore sometimesFailing(KnowledgeStore real) {
        return (KnowledgeStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {KnowledgeStore.class}, (proxy, method, arguments) -> {
                    if (outOfMemory && method.getName().equals("read")) {
                        throw new OutOfMemoryError("as if");
                    }
                    if (failing.contains(method.getName())) {
                        throw new Refusal.StoreUnavailable("The store is away.", 1);
                    }
                    try {
                        Object result = method.invoke(real, arguments);
                        if (method.getName().equals("read") && arguments[0].equals(LARGE)) {
                            reached.countDown();
                            gate.await();
                        }
                        return result;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    @AfterEach
    void close() {
        gate.countDown();
        graphs.close();
        pool.close();
        database.close();
    }

    private static List<Statement> city(String name, String country) {
        return List.of(
                Statement.label(name, name, "en"),
                Statement.description(name, "a city called " + name, "en"),
                Statement.relation(name, "in", country));
    }

    private KnowledgeEncoder serving() {
        return keeper.find(GRAPH).orElseThrow();
    }

    private boolean knows(String entity) {
        return keeper.find(GRAPH)
                .filter(graph -> graph.graph().contains(entity))
                .isPresent();
    }

    private static void eventually(java.util.function.BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!holds.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertThat(holds.getAsBoolean()).isTrue();
    }

    private static EntityVectors vectors(int entities, long seed) {
        Random random = new Random(seed);
        EntityVectorsBuilder builder = new EntityVectorsBuilder(5);
        for (int i = 0; i < entities; i += 2) {
            float[] vector = new float[5];
            for (int k = 0; k < 5; k++) {
                vector[k] = (float) random.nextGaussian();
            }
            builder.add("e" + i, vector);
        }
        return builder.build("given " + seed);
    }

    @Test
    void graphThatCannotBeRead_servesAsItWas_saysSo_andIsTriedAgain() throws InterruptedException {
        graphs.edit(GRAPH, "oslo", city("oslo", "norway"));
        keeper.close();
        keep(SOON);
        failing.add("read");
        keeper.changed(GRAPH);
        eventually(() -> keeper.standing(GRAPH).state() == State.UNREADABLE);
        assertThat(keeper.standing(GRAPH))
                .isEqualTo(new GraphStanding(State.UNREADABLE, true, Optional.of("StoreUnavailable")));
        assertThat(serving().links(Passage.of("in Oslo"))).hasSize(1);

        graphs.store().edit(GRAPH, "bergen", city("bergen", "norway"));
        failing.clear();
        eventually(() -> keeper.standing(GRAPH).state() == State.CURRENT);
        assertThat(knows("bergen")).isTrue();
        assertThat(keeper.standing(GRAPH)).isEqualTo(new GraphStanding(State.CURRENT, true, Optional.empty()));
    }

    @Test
    void graphThatMemoryDoesNotHold_servesAsItWas_keepsNobodyWaiting_andIsTriedAgain() throws Exception {
        keeper.close();
        keep(SOON);
        outOfMemory = true;
        keeper.changed(GRAPH);

        CompletableFuture.runAsync(() -> keeper.settle(GRAPH)).get(20, TimeUnit.SECONDS);
        assertThat(keeper.standing(GRAPH))
                .isEqualTo(new GraphStanding(State.UNREADABLE, true, Optional.of("OutOfMemoryError")));

        outOfMemory = false;
        eventually(() -> keeper.standing(GRAPH).state() == State.CURRENT);
    }

    @Test
    void settle_doesNotWaitForATryAfterAFailure_andAChangeDoesNeither() {
        failing.add("read");
        keeper.changed(GRAPH);
        keeper.settle(GRAPH);
        assertThat(keeper.standing(GRAPH).state()).isEqualTo(State.UNREADABLE);

        failing.clear();
        graphs.store().edit(GRAPH, "oslo", city("oslo", "norway"));
        keeper.changed(GRAPH);
        keeper.settle(GRAPH);
        assertThat(knows("oslo")).isTrue();
    }

    @Test
    void editThatCannotBeFollowed_hasTheGraphReadAnew() {
        failing.add("statements");
        graphs.edit(GRAPH, "oslo", city("oslo", "norway"));
        keeper.settle(GRAPH);

        assertThat(knows("oslo")).isTrue();
    }

    @Test
    void removalThatCannotBeLookedUp_isFollowedLater() throws InterruptedException {
        keeper.close();
        keep(SOON);
        failing.add("graph");
        store.remove(GRAPH);
        keeper.changed(GRAPH);
        keeper.settle(GRAPH);
        assertThat(live.all()).hasSize(1);

        failing.clear();
        eventually(() -> live.all().isEmpty());
    }

    @Test
    void settle_waitsUntilWhatChangedServes() throws InterruptedException {
        gate = new CountDownLatch(1);
        graphs.define(new GraphDefinition(LARGE, ""));
        reached.await();
        assertThat(keeper.standing(LARGE)).isEqualTo(new GraphStanding(State.FOLLOWING, false, Optional.empty()));
        Thread waiting = new Thread(() -> keeper.settle(LARGE));
        waiting.start();
        waiting.join(200);
        assertThat(waiting.isAlive()).isTrue();

        gate.countDown();
        waiting.join(10_000);
        assertThat(waiting.isAlive()).isFalse();
        assertThat(keeper.standing(LARGE).state()).isEqualTo(State.CURRENT);
    }

    @Test
    void whatIsEditedWhileAGraphIsRead_isThereAfterwards_andOfAnotherGraphAtOnce() throws InterruptedException {
        graphs.define(new GraphDefinition(LARGE, ""));
        keeper.settle(LARGE);
        gate = new CountDownLatch(1);
        reached = new CountDownLatch(1);
        keeper.changed(LARGE);
        reached.await();
        graphs.edit(GRAPH, "oslo", city("oslo", "norway"));
        assertThat(knows("oslo")).isTrue();
        graphs.edit(LARGE, "bergen", city("bergen", "norway"));
        assertThat(keeper.find(LARGE).orElseThrow().graph().contains("bergen")).isTrue();

        gate.countDown();
        keeper.settle(LARGE);
        assertThat(keeper.find(LARGE).orElseThrow().graph().contains("bergen")).isTrue();
    }

    @Test
    void nothingOfAnEarlierGraph_speaksForANewOneOfItsName_alsoWhenItCannotBeRemovedAtOnce() {
        shelf.give(GRAPH, vectors(9, 1));
        gate = new CountDownLatch(1);
        graphs.define(new GraphDefinition(LARGE, ""));
        shelf.setAway(true);
        graphs.remove(GRAPH);
        graphs.define(new GraphDefinition(GRAPH, "a new one"));
        gate.countDown();
        keeper.settle(GRAPH);
        assertThat(keeper.find(GRAPH)).isEmpty();
        assertThat(keeper.standing(GRAPH).state()).isEqualTo(State.UNREADABLE);

        shelf.setAway(false);
        keeper.changed(GRAPH);
        keeper.settle(GRAPH);
        assertThat(serving().info().dimension()).isEqualTo(65);
        assertThat(shelf.given(GRAPH)).isEmpty();
        shelf.give(GRAPH, vectors(9, 2));
        keeper.changed(GRAPH);
        keeper.settle(GRAPH);
        assertThat(serving().info().dimension()).as("given to the new one").isEqualTo(6);
    }

    @Test
    void whatIsKeptOfGraphsThatAreNoMore_isRemovedAtAStart() {
        shelf.give(LARGE, vectors(9, 1));
        shelf.give(GRAPH, vectors(9, 1));
        GraphKeeper.open(store, shelf, loader, live);

        assertThat(shelf.given(LARGE)).isEmpty();
        assertThat(shelf.given(GRAPH)).isPresent();
        assertThat(serving().info().dimension()).isEqualTo(6);
    }

    @Test
    void anotherCheapestEncoder_readsAllGraphsAnew_alsoThoseThatNoneCouldRead() throws InterruptedException {
        graphs.edit(GRAPH, "oslo", city("oslo", "norway"));
        String before = serving().info().digest();
        encoders.add(new FakeEncoder("a"));
        keeper.readAnew();
        keeper.settle(GRAPH);
        assertThat(serving().info().digest())
                .isNotEqualTo(before)
                .isEqualTo(loader.load(GRAPH).info().digest());

        failing.add("read");
        graphs.define(new GraphDefinition(LARGE, ""));
        keeper.settle(LARGE);
        assertThat(keeper.find(LARGE)).isEmpty();
        failing.clear();
        keeper.readAnew();
        keeper.settle(LARGE);
        assertThat(keeper.find(LARGE)).isPresent();
    }

    @Test
    void fewNeighbours_followInTheSameStep_manyInTheBackground_allOfThemWhenARelationIsRenamed() {
        List<Statement> norway = List.of(Statement.label("norway", "Norway", "en"));
        graphs.edit(GRAPH, "norway", norway);
        for (int i = 0; i < 5; i++) {
            graphs.edit(GRAPH, "c" + i, city("c" + i, "norway"));
        }
        graphs.edit(GRAPH, "norway", List.of(Statement.label("norway", "Norge", "en")));
        assertThat(serving().isSettled()).isTrue();
        for (int i = 5; i < 40; i++) {
            graphs.edit(GRAPH, "c" + i, city("c" + i, "norway"));
        }
        graphs.edit(GRAPH, "norway", norway);
        keeper.settle(GRAPH);
        assertThat(serving().isSettled()).isTrue();
        assertSameAsReadAnew();

        graphs.edit(GRAPH, "in", List.of(Statement.label("in", "lies in", "en")));
        keeper.settle(GRAPH);
        assertThat(serving().graph().overlaySize()).as("was read anew").isZero();
        assertSameAsReadAnew();
    }

    private void assertSameAsReadAnew() {
        MemoryShelf other = new MemoryShelf();
        shelf.given(GRAPH).ifPresent(given -> other.give(GRAPH, given));
        KnowledgeEncoder anew = new GraphLoader(store, other, encoders, 1L << 28).load(GRAPH);
        KnowledgeEncoder now = serving();
        assertThat(now.isSettled()).isTrue();
        assertThat(now.info().digest()).isEqualTo(anew.info().digest());
        anew.graph().forEach(entity -> {
            assertThat(now.vectors().vector(entity).orElse(new float[0]))
                    .isEqualTo(anew.vectors().vector(entity).orElse(new float[0]));
            Passage text = Passage.of("from " + anew.graph().label(entity).orElse("") + " to the city of e1 e2");
            assertThat(now.links(text)).isEqualTo(anew.links(text));
            assertThat(now.encode(List.of(text)).get(0).vector())
                    .isEqualTo(anew.encode(List.of(text)).get(0).vector());
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anyHistoryOfEditsAndImports_servesWhatReadingAnewGives(boolean isGiven) {
        Random random = new Random(SEED);
        if (isGiven) {
            shelf.give(GRAPH, vectors(20, SEED));
            keeper.changed(GRAPH);
        }
        for (int history = 0; history < 12; history++) {
            for (int i = 0; i < 12; i++) {
                change(random, history + "-" + i);
            }
            keeper.settle(GRAPH);
            assertSameAsReadAnew();
        }
    }

    private void change(Random random, String importId) {
        String entity = "e" + random.nextInt(20);
        switch (random.nextInt(8)) {
            case 0 -> graphs.edit(GRAPH, entity, List.of());
            case 1 -> graphs.revert(GRAPH, entity);
            case 2 -> {
                store.begin(importId, GRAPH, new Provenance("s" + random.nextInt(3), "", "", 0.5));
                List<Statement> statements = new ArrayList<>(statements(random, entity));
                statements.addAll(statements(random, "e" + random.nextInt(20)));
                store.add(importId, statements);
                graphs.finish(new Graphs.Ending(importId, GRAPH, "", Long.MAX_VALUE));
            }
            case 3 ->
                store.sources(GRAPH).stream()
                        .map(contribution -> contribution.provenance().source())
                        .filter(source -> random.nextInt(4) == 0)
                        .forEach(source -> graphs.removeSource(GRAPH, source));
            default -> graphs.edit(GRAPH, entity, statements(random, entity));
        }
    }

    private static List<Statement> statements(Random random, String entity) {
        List<Statement> statements = new ArrayList<>();
        statements.add(Statement.label(entity, "name " + random.nextInt(6), "en"));
        if (random.nextBoolean()) {
            statements.add(Statement.description(entity, "number " + random.nextInt(9) + " of a city", "en"));
        }
        for (int left = random.nextInt(3); left > 0; left--) {
            statements.add(Statement.relation(entity, "r" + random.nextInt(2), "e" + random.nextInt(20)));
        }
        return statements;
    }
}
