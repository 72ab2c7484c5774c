// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.knowledge.GraphDefinition;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.GraphListener;
import dev.perennial.knowledge.KnowledgeEncoder;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.StoredGraph;
import dev.perennial.refusal.Refusal;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Has the knowledge graphs in memory follow those in the store. One changed entity is served when {@link #edited}
 * returns; a graph that has changed as a whole is read anew in the background, and until then served as it was. Safe
 * for concurrent use.
 */
public final class GraphKeeper implements GraphListener {
    private static final System.Logger LOG = System.getLogger(GraphKeeper.class.getName());

    /** With more changed entities than this beside it, a graph is read anew. */
    private static final int LARGEST_OVERLAY = 2000;

    private static final long CLOSING_SECONDS = 10;
    private static final long SHORTEST_WAIT_SECONDS = 5;
    private static final long LONGEST_WAIT_SECONDS = 600;

    private final KnowledgeStore store;
    private final VectorShelf shelf;
    private final GraphLoader loader;
    private final LiveGraphs live;
    private final Runnable heard;
    private final ScheduledExecutorService background;

    /** Graphs that are being read, and the entities that were changed since that began. */
    private final Map<GraphId, Set<String>> editedWhileReading = new HashMap<>();

    private final Map<GraphId, Integer> failures = new HashMap<>();
    private final Map<GraphId, Future<?>> waiting = new HashMap<>();
    private final Map<GraphId, Future<?>> reading = new HashMap<>();

    /** @param heard told whenever a graph says something else than before, has come or has gone */
    public GraphKeeper(KnowledgeStore store, VectorShelf shelf, GraphLoader loader, LiveGraphs live, Runnable heard) {
        this.store = store;
        this.shelf = shelf;
        this.loader = loader;
        this.live = live;
        this.heard = heard;
        this.background = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "graph-keeper");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Reads every graph, and removes what is kept of others. Called once, before tasks are learnt that may listen to
     * them.
     */
    public static void open(KnowledgeStore store, VectorShelf shelf, GraphLoader loader, LiveGraphs live) {
        List<GraphId> ids = store.graphs().stream()
                .map(StoredGraph::definition)
                .map(GraphDefinition::id)
                .toList();
        shelf.retain(ids);
        for (GraphId id : ids) {
            try {
                live.add(new LiveGraph(loader.load(id)));
            } catch (RuntimeException failure) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "Graph {0} cannot serve: {1}",
                        id,
                        failure.getClass().getName());
            }
        }
    }

    /** The graph as it serves now; empty while it has never been read. */
    public Optional<KnowledgeEncoder> find(GraphId id) {
        return live.find(id.memberId())
                .map(LiveGraph::snapshot)
                .filter(KnowledgeEncoder.class::isInstance)
                .map(KnowledgeEncoder.class::cast);
    }

    /** Nothing of an earlier graph of this id may speak for it. */
    @Override
    public void created(GraphId id) {
        try {
            shelf.remove(id);
        } catch (Refusal.StoreUnavailable later) {
            LOG.log(System.Logger.Level.WARNING, "Vectors of an earlier graph {0} could not be removed", id);
        }
        changed(id);
    }

    @Override
    public void redefined(GraphId id) {
        heard.run();
    }

    /** The encoders have changed that read what is said of entities. */
    public void readAnew() {
        live.all().forEach(graph -> changed(GraphId.ofMember(graph.info().id())));
    }

    @Override
    public void changed(GraphId id) {
        if (isGone(id)) {
            live.remove(id.memberId());
            heard.run();
        }
        followLater(id, 0);
    }

    private synchronized void followLater(GraphId id, long seconds) {
        if (waiting.containsKey(id)) {
            return;
        }
        try {
            waiting.put(id, background.schedule(() -> follow(id), seconds, TimeUnit.SECONDS));
        } catch (RejectedExecutionException closing) {
            // The next start reads it.
        }
    }

    @Override
    public void settle(GraphId id) {
        Future<?> following;
        synchronized (this) {
            following = waiting.containsKey(id) ? waiting.get(id) : reading.get(id);
        }
        try {
            if (following != null) {
                following.get();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("following a graph does not fail", failed);
        }
    }

    private boolean isGone(GraphId id) {
        try {
            return store.graph(id).isEmpty();
        } catch (Refusal.StoreUnavailable later) {
            return false;
        }
    }

    private void follow(GraphId id) {
        synchronized (this) {
            reading.put(id, Objects.requireNonNull(waiting.remove(id)));
            editedWhileReading.put(id, new LinkedHashSet<>());
        }
        try {
            if (store.graph(id).isEmpty()) {
                live.remove(id.memberId());
                shelf.remove(id);
            } else {
                serve(id, loader.load(id));
            }
            heard.run();
            failures.remove(id);
        } catch (RuntimeException failure) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "Graph {0} serves as it was, because it cannot be read, and is tried again: {1}",
                    id,
                    failure.getClass().getName());
            int times = failures.merge(id, 1, Integer::sum);
            followLater(id, Math.min(LONGEST_WAIT_SECONDS, SHORTEST_WAIT_SECONDS << Math.min(times, 10)));
        } finally {
            synchronized (this) {
                editedWhileReading.remove(id);
                reading.remove(id);
            }
        }
    }

    /** What was read may lack what was changed meanwhile. */
    private synchronized void serve(GraphId id, KnowledgeEncoder read) {
        KnowledgeEncoder next = read;
        for (String entity : editedWhileReading.getOrDefault(id, Set.of())) {
            next = with(next, id, entity);
        }
        Optional<LiveGraph> serving = live.find(id.memberId());
        if (serving.isPresent() && serving.get().fits(next)) {
            serving.get().become(next);
        } else {
            live.add(new LiveGraph(next));
        }
    }

    /** The entity serves as it is now when this returns, unless its graph has never been read. */
    @Override
    public void edited(GraphId id, String entity) {
        try {
            if (serves(id, entity)) {
                heard.run();
                return;
            }
        } catch (RuntimeException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Graph {0} is read anew, because a change of an entity cannot be followed: {1}",
                    id,
                    failure.getClass().getName());
        }
        changed(id);
    }

    private synchronized boolean serves(GraphId id, String entity) {
        editedWhileReading.getOrDefault(id, new LinkedHashSet<>()).add(entity);
        Optional<KnowledgeEncoder> serving = find(id);
        if (serving.isEmpty()) {
            return false;
        }
        KnowledgeEncoder next = with(serving.get(), id, entity);
        live.find(id.memberId()).ifPresent(graph -> graph.become(next));
        if (next.graph().overlaySize() > LARGEST_OVERLAY) {
            changed(id);
        }
        return true;
    }

    private KnowledgeEncoder with(KnowledgeEncoder graph, GraphId id, String entity) {
        List<Statement> statements = store.statements(id, entity).statements();
        return statements.isEmpty() ? graph.without(entity) : graph.with(entity, statements);
    }

    /** Waits, for some seconds at most, until what is being read is read. */
    @Override
    public void close() {
        background.shutdown();
        try {
            if (!background.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "A knowledge graph is still being read");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
