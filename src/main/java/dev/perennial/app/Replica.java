// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.Keyring;
import dev.perennial.api.Leading;
import dev.perennial.api.Serving;
import dev.perennial.knowledge.GraphId;
import dev.perennial.shadow.ApprenticeshipStore;
import dev.perennial.shadow.ShadowStore;
import dev.perennial.store.ChangeLog;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Has what serves here follow what another process changes: reads what was done since it last looked, in its order, and
 * learns the tasks that it was done to. Used by one thread; {@link #isBehind} by any.
 */
final class Replica {
    private static final String TASK = "task";
    private static final String GRAPH = "graph";

    private final Sources sources;
    private final Leading leading;
    private final AtomicLong followed = new AtomicLong();
    private final AtomicLong stored = new AtomicLong();
    private ChangeLog.Position position;

    /**
     * What tells what is stored.
     *
     * @param changes what was done
     * @param leader where the process takes requests that makes the changes
     * @param shadows candidates that answer beside what serves
     * @param apprenticeships tasks that answer silently
     */
    record Sources(
            ChangeLog changes,
            Supplier<Optional<String>> leader,
            ShadowStore shadows,
            ApprenticeshipStore apprenticeships) {}

    /**
     * What follows.
     *
     * @param forgetting told of a task when something of it may have been erased
     */
    record Followers(Serving serving, Keyring keyring, Consumer<TaskId> forgetting) {}

    /** Begins where the store is now: what is read after this holds all that was done before. */
    Replica(Sources sources, Leading leading) {
        this.sources = sources;
        this.leading = leading;
        this.position = sources.changes().position();
        followed.set(position.revision());
        stored.set(position.revision());
    }

    /** Whether a change is not followed yet. */
    boolean isBehind(RevisionId revision) {
        return revision.number() > followed.get();
    }

    private long lag() {
        return Math.max(0, stored.get() - followed.get());
    }

    /** Notes who leads, and for which tasks it has to answer. */
    void meetLeader() {
        Set<TaskId> watched = new HashSet<>();
        sources.shadows()
                .running()
                .forEach(course -> watched.add(course.shadow().task()));
        Set<TaskId> silent = new HashSet<>();
        sources.apprenticeships().running().forEach(each -> silent.add(each.task()));
        watched.addAll(silent);
        leading.follow(new Leading.Leader(sources.leader().get(), watched, !silent.isEmpty()));
    }

    /**
     * Follows all that was done until now.
     *
     * @return false when files have changed from which encoders and graphs are read, so that everything has to be read
     *     anew
     */
    boolean follow(Followers followers) {
        ChangeLog.Position now = sources.changes().position();
        stored.set(now.revision());
        leading.lag(lag());
        if (now.equals(position)) {
            return true;
        }
        if (now.artefact() != position.artefact()) {
            return false;
        }
        long event = position.event();
        while (event < now.event()) {
            List<ChangeLog.Entry> entries = sources.changes().after(event);
            if (entries.isEmpty()) {
                break;
            }
            followers.keyring().follow();
            followers.serving().hindsight().log().follow();
            follow(entries, followers);
            event = entries.get(entries.size() - 1).event();
        }
        position = new ChangeLog.Position(now.revision(), Math.max(event, now.event()), now.artefact());
        followed.set(now.revision());
        leading.lag(lag());
        followers.serving().active().caughtUp(new RevisionId(now.revision()));
        return true;
    }

    private static void follow(List<ChangeLog.Entry> entries, Followers followers) {
        Set<TaskId> tasks = new LinkedHashSet<>();
        Set<TaskId> erased = new HashSet<>();
        Map<GraphId, RevisionId> graphs = new LinkedHashMap<>();
        for (ChangeLog.Entry entry : entries) {
            if (entry.kind().equals(TASK) && TaskId.isValid(entry.subject())) {
                TaskId task = new TaskId(entry.subject());
                tasks.add(task);
                if (entry.erases()) {
                    erased.add(task);
                }
            } else if (entry.kind().equals(GRAPH) && entry.revision().isPresent()) {
                graphs.put(
                        new GraphId(entry.subject()),
                        new RevisionId(entry.revision().getAsLong()));
            }
        }
        erased.forEach(followers.forgetting());
        graphs.forEach((graph, revision) -> follow(graph, revision, followers.serving()));
        tasks.forEach(followers.serving().teacher()::follow);
    }

    private static void follow(GraphId graph, RevisionId revision, Serving serving) {
        if (serving.graphs().store().graph(graph).isEmpty()) {
            serving.graphKeeper().removed(graph, revision);
        } else if (serving.graphKeeper().live(graph).isEmpty()) {
            serving.graphKeeper().created(graph, revision);
        } else {
            serving.graphKeeper().changed(graph, revision);
        }
        serving.graphKeeper().settle(graph);
    }
}
