// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.KnowledgeEncoder;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.knowledge.Statement;
import dev.perennial.task.RevisionId;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * How far one knowledge graph in memory has followed the one in the store, and what has it follow. Its monitor guards
 * all of it, and what the graph becomes; {@link #standing} alone waits for nothing. Safe for concurrent use.
 */
final class FollowedGraph {
    private static final System.Logger LOG = System.getLogger(FollowedGraph.class.getName());

    /** With more changed entities than this beside it, a graph is read anew. */
    private static final int LARGEST_OVERLAY = 2000;

    /** With more changed vectors than this, those of neighbours included, too. */
    private static final int MOST_CHANGED_VECTORS = 10_000;

    /** So many neighbours follow at once, and so many in a turn while others wait. */
    static final int FEW = 8;

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final GraphId id;
    private final Surroundings surroundings;
    private final Workers workers;
    private final Rounds rounds = new Rounds();

    /** How many graphs of its id there were: what was read of an earlier one is of no use. */
    private long generation;

    /** When it is to be read, after no time or after a failure. */
    private Optional<ScheduledFuture<?>> turn = Optional.empty();

    private boolean atOnce;

    /** While it is read: the entities that have changed since that began. */
    private Optional<Set<String>> editedMeanwhile = Optional.empty();

    private boolean catchingUp;

    /** Whether something may be kept of an earlier graph of its id. */
    private boolean remains;

    private int failures;
    private Optional<String> trouble = Optional.empty();

    /** How many changes there were, and how many of the first of them are followed, or cannot be. */
    private long changes;

    private long followed;
    private volatile Shown shown = new Shown(false, Optional.empty());

    /**
     * What a graph is read from, where it serves and who hears of it.
     *
     * @param heard told whenever a graph says something else than before, has come or has gone
     */
    record Surroundings(KnowledgeStore store, VectorShelf shelf, GraphLoader loader, LiveGraphs live, Runnable heard) {

        /** A graph as it serves now; empty while it has never been read. */
        Optional<KnowledgeEncoder> find(GraphId id) {
            return live.find(id.memberId())
                    .map(LiveGraph::snapshot)
                    .filter(KnowledgeEncoder.class::isInstance)
                    .map(KnowledgeEncoder.class::cast);
        }

        /** Whether all could be told who hear of a change. */
        boolean tell() {
            try {
                heard.run();
                return true;
            } catch (RuntimeException | Error failure) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Not all tasks follow a change of a knowledge graph yet: {0}",
                        failure.getClass().getName());
                return false;
            }
        }
    }

    /**
     * Who reads.
     *
     * @param readers whole graphs
     * @param followers neighbours of changed entities
     * @param shortestWait half of what is waited after the first failure to read a graph
     */
    record Workers(ScheduledExecutorService readers, ScheduledExecutorService followers, Duration shortestWait) {}

    /** What can be seen of it from outside without waiting. */
    private record Shown(boolean follows, Optional<String> trouble) {}

    /** One reading of the graph: what it was when that began. */
    private record Reading(long generation, long changes, boolean remains, Set<RevisionId> awaited) {}

    FollowedGraph(GraphId id, Surroundings surroundings, Workers workers) {
        this.id = id;
        this.surroundings = surroundings;
        this.workers = workers;
    }

    GraphStanding standing() {
        Shown now = shown;
        Optional<KnowledgeEncoder> serving = serving();
        if (now.trouble.isPresent()) {
            return new GraphStanding(GraphStanding.State.UNREADABLE, serving.isPresent(), now.trouble);
        }
        boolean follows =
                now.follows || serving.filter(KnowledgeEncoder::isSettled).isEmpty();
        return new GraphStanding(
                follows ? GraphStanding.State.FOLLOWING : GraphStanding.State.CURRENT,
                serving.isPresent(),
                Optional.empty());
    }

    /** Waits until all is followed that had changed before, or cannot be; whatever changes meanwhile. */
    synchronized void settle() throws InterruptedException {
        long until = changes;
        while (followed < until && !workers.readers.isShutdown()) {
            wait();
        }
    }

    /** Nothing of an earlier graph of this id may speak for it. */
    synchronized void created() {
        remains = true;
        gone();
    }

    /** What served of this id serves no more, and neither does what is being read of it. */
    synchronized void gone() {
        generation++;
        surroundings.live.remove(id.memberId());
    }

    /** Changes up to this one concern a graph that is gone: nothing of them is to serve any more. */
    void settleGone(RevisionId last) {
        surroundings.live.settle(surroundings.live.awaited(id.memberId()).stream()
                .filter(change -> change.compareTo(last) <= 0)
                .collect(Collectors.toSet()));
    }

    synchronized void readNow() {
        changes++;
        if (!atOnce) {
            turn.ifPresent(later -> later.cancel(false));
            turn = Optional.empty();
        }
        readAfter(Duration.ZERO);
    }

    /** Has it read, unless it waits for that already. */
    private void readAfter(Duration wait) {
        if (turn.isEmpty()) {
            try {
                atOnce = wait.isZero();
                turn = Optional.of(workers.readers.schedule(this::read, wait.toMillis(), TimeUnit.MILLISECONDS));
            } catch (RejectedExecutionException closing) {
                // The next start reads it.
            }
        }
        proceeds();
    }

    /** Nobody waits any more. */
    synchronized void closes() {
        notifyAll();
    }

    /** Whether it is being read, or is about to be. */
    private boolean isRead() {
        return (turn.isPresent() && atOnce) || editedMeanwhile.isPresent();
    }

    /** A reading follows all that changed before it began; what it may not have seen is followed without it. */
    private void proceeds() {
        if (!isRead()) {
            followed = catchingUp ? Math.max(followed, rounds.followed) : changes;
        }
        shown = new Shown(isRead() || catchingUp, trouble);
        notifyAll();
    }

    private void read() {
        Reading reading = begins();
        try {
            boolean gone = surroundings.store.graph(id).isEmpty();
            if (gone || reading.remains) {
                surroundings.shelf.remove(id);
            }
            if (gone) {
                goes(reading);
            } else {
                becomes(reading, surroundings.loader.load(id));
            }
            if (surroundings.tell()) {
                ended(reading);
            } else {
                untold(reading);
            }
        } catch (RuntimeException | Error failure) {
            // Also when memory does not hold it now: who waits would else wait for ever.
            failed(reading, failure);
        }
    }

    private synchronized Reading begins() {
        turn = Optional.empty();
        editedMeanwhile = Optional.of(new LinkedHashSet<>());
        return new Reading(generation, changes, remains, surroundings.live.awaited(id.memberId()));
    }

    private synchronized void goes(Reading reading) {
        if (reading.generation == generation) {
            surroundings.live.remove(id.memberId());
        }
    }

    /** What was read may lack what was changed meanwhile. */
    private synchronized void becomes(Reading reading, KnowledgeEncoder read) {
        if (reading.generation != generation) {
            return;
        }
        KnowledgeEncoder next = read;
        for (String entity : editedMeanwhile.orElse(Set.of())) {
            next = with(next, entity);
        }
        remains &= !reading.remains;
        Optional<LiveGraph> serving = surroundings.live.find(id.memberId());
        if (serving.isPresent() && serving.get().fits(next)) {
            serving.get().become(next);
        } else {
            surroundings.live.add(new LiveGraph(next));
        }
        rounds.begin(next.late(), changes);
        neighboursFollow(next);
    }

    private synchronized void ended(Reading reading) {
        if (reading.generation == generation) {
            surroundings.live.settle(reading.awaited);
        }
        failures = 0;
        trouble = Optional.empty();
        ends(reading);
    }

    /** The graph serves, but its changes do not everywhere: it is told again after it was read again. */
    private synchronized void untold(Reading reading) {
        trouble = Optional.empty();
        ends(reading);
        readAfterFailure();
    }

    private synchronized void failed(Reading reading, Throwable failure) {
        if (reading.generation != generation) {
            // The next one is about to be read.
            ends(reading);
            return;
        }
        LOG.log(
                System.Logger.Level.ERROR,
                "Graph {0} serves as it was, because it cannot be read, and is tried again: {1}",
                id,
                failure.getClass().getName());
        trouble = Optional.of(failure.getClass().getSimpleName());
        ends(reading);
        readAfterFailure();
    }

    private void ends(Reading reading) {
        editedMeanwhile = Optional.empty();
        followed = Math.max(followed, reading.changes);
        proceeds();
    }

    private void readAfterFailure() {
        failures++;
        Duration wait = workers.shortestWait.multipliedBy(1L << Math.min(failures, 10));
        readAfter(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    }

    /** Whether the entity serves as it is now; else its graph has never been read, and is. */
    synchronized boolean serves(String entity) {
        changes++;
        editedMeanwhile.ifPresent(entities -> entities.add(entity));
        Optional<KnowledgeEncoder> serving = serving();
        if (serving.isEmpty()) {
            readAfter(Duration.ZERO);
            return false;
        }
        KnowledgeEncoder next = with(serving.get(), entity);
        become(next);
        if (next.late() > 0 && next.late() <= FEW && !catchingUp) {
            next = next.caughtUp(FEW);
            become(next);
        }
        neighboursFollow(next);
        return true;
    }

    private KnowledgeEncoder with(KnowledgeEncoder graph, String entity) {
        List<Statement> statements = surroundings.store.statements(id, entity).statements();
        return statements.isEmpty() ? graph.without(entity) : graph.with(entity, statements);
    }

    private Optional<KnowledgeEncoder> serving() {
        return surroundings.find(id);
    }

    private void become(KnowledgeEncoder next) {
        surroundings.live.find(id.memberId()).ifPresent(graph -> graph.become(next));
    }

    private void neighboursFollow(KnowledgeEncoder now) {
        if (now.isOutrun()
                || now.graph().overlaySize() > LARGEST_OVERLAY
                || now.vectors().overlaySize() > MOST_CHANGED_VECTORS) {
            readAfter(Duration.ZERO);
        } else if (now.late() > 0 && !catchingUp) {
            rounds.begin(now.late(), changes);
            queue();
        }
        proceeds();
    }

    /** The next turn, after those of other graphs. */
    private void queue() {
        try {
            workers.followers.execute(this::catchUp);
            catchingUp = true;
        } catch (RejectedExecutionException closing) {
            // The next start reads it.
            catchingUp = false;
        }
    }

    private void catchUp() {
        try {
            if (!catchUpSome()) {
                boolean told = surroundings.tell();
                caughtUp(told);
            }
        } catch (RuntimeException | Error failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Graph {0} is read anew, because neighbours of a changed entity cannot follow: {1}",
                    id,
                    failure.getClass().getName());
            cannotCatchUp();
        }
    }

    /** Whether there are more that have not followed, who have their turn later. */
    private synchronized boolean catchUpSome() {
        Optional<KnowledgeEncoder> serving = serving();
        if (serving.isPresent() && serving.get().late() > 0) {
            KnowledgeEncoder next = serving.get().caughtUp(FEW);
            become(next);
            rounds.passed(next.late(), changes);
            if (next.late() > 0) {
                queue();
                proceeds();
                return true;
            }
        }
        rounds.followed = changes;
        return false;
    }

    /** What has changed while others were told has its turn now. */
    private synchronized void caughtUp(boolean told) {
        catchingUp = false;
        if (!told) {
            readNow();
        }
        Optional<KnowledgeEncoder> serving = serving();
        if (serving.isPresent() && serving.get().late() > 0) {
            rounds.begin(serving.get().late(), changes);
            queue();
        }
        proceeds();
    }

    private synchronized void cannotCatchUp() {
        catchingUp = false;
        readNow();
    }

    /**
     * What has followed while there are always others that have not: those that wait have their turn in the order in
     * which they came, so that a round ends when all had one that waited when it began. They may themselves have others
     * follow, who do so in the next round, and with whom that ends: what had changed when a round began is followed
     * when the next one has ended.
     */
    private static final class Rounds {
        /** So many changes have been followed. */
        private long followed;

        /** So many there were when the round before this one began. */
        private long before;

        private long now;
        private int left;

        void begin(int late, long changes) {
            now = changes;
            left = late;
        }

        void passed(int late, long changes) {
            left -= FEW;
            if (left <= 0) {
                followed = before;
                before = now;
                begin(late, changes);
            }
        }
    }
}
