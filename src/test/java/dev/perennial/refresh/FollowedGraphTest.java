// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.knowledge.EntityVectors;
import dev.perennial.knowledge.GraphClearing;
import dev.perennial.knowledge.GraphDefinition;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.Graphs;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.knowledge.Provenance;
import dev.perennial.knowledge.Statement;
import dev.perennial.store.SqlKnowledgeStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.RevisionId;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which changes of a graph serve, while it is read anew in the background. */
final class FollowedGraphTest {
    private static final GraphId GRAPH = new GraphId("places");

    @TempDir
    private Path directory;

    private final EncoderPool pool = new EncoderPool(1, 1_000_000);
    private final LiveGraphs live = new LiveGraphs();
    private final AtomicInteger heard = new AtomicInteger();
    private final AtomicReference<CountDownLatch> mayRead = new AtomicReference<>(new CountDownLatch(0));
    private SqliteDatabase database;
    private KnowledgeStore store;
    private GraphKeeper keeper;
    private Graphs graphs;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        store = held(new SqlKnowledgeStore(database, () -> Instant.EPOCH));
        VectorShelf shelf = new NoShelf();
        Encoders encoders = new Encoders(pool, List.of(new FakeEncoder("a")));
        GraphLoader loader = new GraphLoader(store, shelf, encoders, 1L << 20);
        keeper = new GraphKeeper(store, shelf, loader, live, heard::incrementAndGet);
        graphs = new Graphs(store, keeper, new GraphClearing(store));
        graphs.define(new GraphDefinition(GRAPH, ""));
        graphs.settle(GRAPH);
    }

    @AfterEach
    void close() {
        mayRead.get().countDown();
        graphs.close();
        database.close();
        pool.close();
    }

    /** A store that is read when it may be. */
    private KnowledgeStore held(KnowledgeStore real) {
        return (KnowledgeStore) Proxy.newProxyInstance(
                KnowledgeStore.class.getClassLoader(),
                new Class<?>[] {KnowledgeStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("read")) {
                        mayRead.get().await();
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    private RevisionId imported(String id, String entity) {
        store.begin(id, GRAPH, new Provenance("atlas", "https://example.org/", "CC0-1.0", 0.5));
        store.add(id, List.of(Statement.label(entity, entity, "")));
        return graphs.finish(new Graphs.Ending(id, GRAPH, "", 1_000)).revision();
    }

    @Test
    void definition_isServedWhenItIsRead() {
        assertThat(live.isAwaited(store.graph(GRAPH).orElseThrow().revision())).isFalse();
        assertThat(heard).hasPositiveValue();
    }

    @Test
    void editThatServes_leavesAPendingImportPending() {
        mayRead.set(new CountDownLatch(1));
        RevisionId imported = imported("one", "oslo");

        RevisionId edited = graphs.edit(GRAPH, "bergen", List.of(Statement.label("bergen", "Bergen", "")));

        assertThat(live.isAwaited(edited)).isFalse();
        assertThat(live.isAwaited(imported)).isTrue();
        mayRead.get().countDown();
        graphs.settle(GRAPH);
        assertThat(live.isAwaited(imported)).isFalse();
    }

    @Test
    void importDuringAReading_isPendingUntilItIsReadItself() throws InterruptedException {
        mayRead.set(new CountDownLatch(1));
        RevisionId first = imported("one", "oslo");
        RevisionId removed = graphs.removeSource(GRAPH, "atlas");

        assertThat(live.isAwaited(first)).isTrue();
        assertThat(live.isAwaited(removed)).isTrue();
        mayRead.get().countDown();
        graphs.settle(GRAPH);
        graphs.settle(GRAPH);
        assertThat(live.isAwaited(first)).isFalse();
        assertThat(live.isAwaited(removed)).isFalse();
    }

    @Test
    void removal_servesAtOnce_andLeavesNothingPending() {
        mayRead.set(new CountDownLatch(1));
        RevisionId imported = imported("one", "oslo");
        int before = heard.get();

        RevisionId removed = graphs.remove(GRAPH);

        assertThat(live.find(GRAPH.memberId())).isEmpty();
        assertThat(heard.get()).isGreaterThan(before);
        assertThat(live.isAwaited(imported)).isFalse();
        assertThat(live.isAwaited(removed)).isFalse();
    }

    @Test
    void newVectors_haveARevisionOfTheirOwn_thatServes() {
        RevisionId before = store.graph(GRAPH).orElseThrow().revision();

        RevisionId revision = keeper.vectorsChanged(GRAPH);

        assertThat(revision)
                .isGreaterThan(before)
                .isEqualTo(store.graph(GRAPH).orElseThrow().revision());
        assertThat(live.isAwaited(revision)).isFalse();
    }

    /** Keeps nothing. */
    private static final class NoShelf implements VectorShelf {
        @Override
        public Optional<EntityVectors> derived(GraphId graph, String use) {
            return Optional.empty();
        }

        @Override
        public EntityVectors keep(GraphId graph, String use, EntityVectors vectors) {
            return vectors;
        }

        @Override
        public Optional<EntityVectors> given(GraphId graph) {
            return Optional.empty();
        }

        @Override
        public void give(GraphId graph, EntityVectors vectors) {}

        @Override
        public void takeBack(GraphId graph) {}

        @Override
        public Optional<String> reader(GraphId graph) {
            return Optional.empty();
        }

        @Override
        public void readBy(GraphId graph, String member) {}

        @Override
        public Optional<InputStream> training(GraphId graph) {
            return Optional.empty();
        }

        @Override
        public void keepTraining(GraphId graph, Writer writer) {}

        @Override
        public Optional<InputStream> trained(GraphId graph) {
            return Optional.empty();
        }

        @Override
        public void dropTraining(GraphId graph) {}

        @Override
        public void finishTraining(GraphId graph) {}

        @Override
        public void retain(List<GraphId> graphs) {}

        @Override
        public void remove(GraphId graph) {}
    }
}
