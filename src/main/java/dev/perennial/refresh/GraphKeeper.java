// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.knowledge.GraphDefinition;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.GraphListener;
import dev.perennial.knowledge.KnowledgeEncoder;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.knowledge.StoredGraph;
import dev.perennial.task.RevisionId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Has the knowledge graphs in memory follow those in the store. One changed entity is served when {@link #edited}
 * returns, and with it up to {@value FollowedGraph#FEW} neighbours that it concerns; more of them follow in the
 * background. A graph that has changed as a whole is read anew in the background, and until then served as it was; one
 * that was removed serves no more when {@link #removed} returns. Safe for concurrent use.
 *
 * <p>Whole graphs are read one after the other. Neighbours follow {@value FollowedGraph#FEW} at a time, and then it is
 * the turn of those of another graph. Who hears of a change is told by the thread that followed it. A change of one
 * entity waits for no other graph, but while its own has its turn.
 */
public final class GraphKeeper implements GraphListener {
    private static final System.Logger LOG = System.getLogger(GraphKeeper.class.getName());

    private static final long CLOSING_SECONDS = 10;
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(5);

    private final FollowedGraph.Surroundings surroundings;
    private final ScheduledThreadPoolExecutor readers = background("graph-keeper");
    private final ScheduledThreadPoolExecutor followers = background("graph-neighbours");
    private final FollowedGraph.Workers workers;
    private final ConcurrentMap<GraphId, FollowedGraph> graphs = new ConcurrentHashMap<>();

    /** @param heard told whenever a graph says something else than before, has come or has gone */
    public GraphKeeper(KnowledgeStore store, VectorShelf shelf, GraphLoader loader, LiveGraphs live, Runnable heard) {
        this(store, shelf, loader, live, heard, SHORTEST_WAIT);
    }

    /** @param shortestWait half of what is waited after the first failure to read a graph */
    GraphKeeper(
            KnowledgeStore store,
            VectorShelf shelf,
            GraphLoader loader,
            LiveGraphs live,
            Runnable heard,
            Duration shortestWait) {
        this.surroundings = new FollowedGraph.Surroundings(store, shelf, loader, live, heard);
        this.workers = new FollowedGraph.Workers(readers, followers, shortestWait);
    }

    private static ScheduledThreadPoolExecutor background(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
        return executor;
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
        return surroundings.find(id);
    }

    /** The graph that serves, and goes on serving while it changes; empty while it has never been read. */
    public Optional<LiveGraph> live(GraphId id) {
        return surroundings.live().find(id.memberId());
    }

    /** Whether a graph serves, and whether it has followed all changes; waits for nothing that is being followed. */
    public GraphStanding standing(GraphId id) {
        return graphs.getOrDefault(id, unfollowed(id)).standing();
    }

    private FollowedGraph unfollowed(GraphId id) {
        return new FollowedGraph(id, surroundings, workers);
    }

    private FollowedGraph followed(GraphId id) {
        return graphs.computeIfAbsent(id, this::unfollowed);
    }

    @Override
    public void created(GraphId id, RevisionId by) {
        surroundings.live().await(id.memberId(), by);
        followed(id).created();
        followed(id).readNow();
    }

    @Override
    public void redefined(GraphId id) {
        surroundings.tell();
    }

    @Override
    public void removed(GraphId id, RevisionId by) {
        surroundings.live().await(id.memberId(), by);
        followed(id).gone();
        if (surroundings.tell()) {
            followed(id).settleGone(by);
        }
        followed(id).readNow();
    }

    /** The encoders have changed that read what is said of entities. */
    public void readAnew() {
        Stream.concat(
                        graphs.keySet().stream(),
                        surroundings.live().all().stream()
                                .map(graph -> GraphId.ofMember(graph.info().id())))
                .distinct()
                .toList()
                .forEach(this::changed);
    }

    @Override
    public void changed(GraphId id, RevisionId by) {
        surroundings.live().await(id.memberId(), by);
        changed(id);
    }

    @Override
    public void changed(GraphId id) {
        followed(id).readNow();
    }

    /** Whether a graph is the one of its id that there was at a moment, and not another that came after it. */
    boolean isThatOf(GraphId id, Instant moment) {
        return surroundings
                .store()
                .graph(id)
                .filter(graph -> !graph.createdAt().isAfter(moment))
                .isPresent();
    }

    /** The vectors of the graph's entities have changed; what it is with them serves when this returns, if it can. */
    RevisionId vectorsChanged(GraphId id) {
        RevisionId revision = surroundings.store().revise(id);
        changed(id, revision);
        settle(id);
        return revision;
    }

    @Override
    public void settle(GraphId id) {
        try {
            graphs.getOrDefault(id, unfollowed(id)).settle();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The entity serves as it is now when this returns, unless its graph has never been read. */
    @Override
    public void edited(GraphId id, String entity, RevisionId by) {
        surroundings.live().await(id.memberId(), by);
        if (hears(id, entity)) {
            surroundings.live().settle(Set.of(by));
        }
    }

    @Override
    public void edited(GraphId id, String entity) {
        hears(id, entity);
    }

    /** Whether the entity serves as it is now; else the graph is read anew. */
    private boolean hears(GraphId id, String entity) {
        FollowedGraph followed = followed(id);
        try {
            if (!followed.serves(entity)) {
                return false;
            }
            if (surroundings.tell()) {
                return true;
            }
        } catch (RuntimeException | Error failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Graph {0} is read anew, because a change of an entity cannot be followed: {1}",
                    id,
                    failure.getClass().getName());
        }
        followed.readNow();
        return false;
    }

    /** Waits, for some seconds at most, until what is being read is read. */
    @Override
    public void close() {
        followers.shutdown();
        readers.shutdown();
        graphs.values().forEach(FollowedGraph::closes);
        try {
            if (!readers.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)
                    || !followers.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "A knowledge graph is still being read");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
