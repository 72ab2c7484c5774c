// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.Keyring;
import dev.perennial.api.Leading;
import dev.perennial.api.Serving;
import dev.perennial.knowledge.GraphId;
import dev.perennial.shadow.ApprenticeshipStore;
import dev.perennial.shadow.ShadowStore;
import dev.perennial.store.ChangeLog;
import dev.perennial.store.SqlTenantStore;
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
 * Has what serves here follow what another process changes: one thread hears what was done since it last looked, in its
 * order, lets those in whom the store lets in, and forgets what is erased; another learns the tasks that it was done
 * to, which takes longer. {@link #isBehind} may be asked by any.
 */
final class Replica {
    private static final String TASK = "task";
    private static final String GRAPH = "graph";

    private final Sources sources;
    private final Leading leading;
    private final AtomicLong followed = new AtomicLong();
    private final AtomicLong stored = new AtomicLong();

    /** Number of the change of files after which encoders and graphs were read. */
    private final long read;

    /** How far this has heard, which is before it has followed; this and the next two are guarded by this object. */
    private ChangeLog.Position position;

    private Set<TaskId> changedTasks = new LinkedHashSet<>();
    private Map<GraphId, RevisionId> changedGraphs = new LinkedHashMap<>();

    /** Tasks of which something was erased since the last learning began, which may have read it before. */
    private Set<TaskId> erasedMeanwhile = new LinkedHashSet<>();

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
     * @param tenants told when there may be other tenants
     */
    record Followers(Serving serving, Keyring keyring, Consumer<TaskId> forgetting, Runnable tenants) {}

    /**
     * Begins where the store is now: what is read after this holds all that was done before.
     *
     * @param before heard so far what has to be forgotten; empty: nothing has to be
     */
    Replica(Sources sources, Leading leading, Optional<Replica> before) {
        this.sources = sources;
        this.leading = leading;
        ChangeLog.Position now = sources.changes().position();
        this.position = before.map(replica -> new ChangeLog.Position(
                        now.revision(),
                        replica.heard().event(),
                        now.artefact(),
                        replica.heard().emptied()))
                .orElse(now);
        this.read = now.artefact();
        followed.set(now.revision());
        stored.set(now.revision());
    }

    /** Whether a change is not followed yet. */
    boolean isBehind(RevisionId revision) {
        return revision.number() > followed.get();
    }

    private long lag() {
        return Math.max(0, stored.get() - followed.get());
    }

    /**
     * Notes who leads, and for which tasks it has to answer.
     *
     * @param disputed those that it answers with something else
     */
    void meetLeader(Set<TaskId> disputed) {
        Set<TaskId> watched = new HashSet<>(disputed);
        sources.shadows()
                .running()
                .forEach(course -> watched.add(course.shadow().task()));
        Set<TaskId> silent = new HashSet<>();
        sources.apprenticeships().running().forEach(each -> silent.add(each.task()));
        watched.addAll(silent);
        leading.follow(new Leading.Leader(sources.leader().get(), watched, !silent.isEmpty()));
    }

    /** What was heard and is to be learnt. */
    private record Heard(
            ChangeLog.Position position, Set<TaskId> changedTasks, Map<GraphId, RevisionId> changedGraphs) {}

    private synchronized ChangeLog.Position heard() {
        return position;
    }

    private synchronized Heard take() {
        Heard heard = new Heard(position, changedTasks, changedGraphs);
        changedTasks = new LinkedHashSet<>();
        changedGraphs = new LinkedHashMap<>();
        erasedMeanwhile = new LinkedHashSet<>();
        return heard;
    }

    private synchronized Set<TaskId> takeErased() {
        Set<TaskId> erased = erasedMeanwhile;
        erasedMeanwhile = new LinkedHashSet<>();
        return erased;
    }

    private synchronized void giveBack(Heard heard) {
        changedTasks.addAll(heard.changedTasks());
        heard.changedGraphs().forEach(changedGraphs::putIfAbsent);
    }

    /**
     * Learns all that was heard of until now.
     *
     * @return false when files have changed from which encoders and graphs are read, so that everything has to be read
     *     anew
     */
    boolean follow(Followers followers) {
        Serving serving = followers.serving();
        Heard heard = take();
        if (heard.position().artefact() != read) {
            return false;
        }
        if (followed.get() < heard.position().revision()
                || !heard.changedTasks().isEmpty()
                || !heard.changedGraphs().isEmpty()) {
            try {
                heard.changedGraphs().forEach((graph, revision) -> follow(graph, revision, serving));
                heard.changedTasks().forEach(serving.teacher()::follow);
            } catch (RuntimeException failure) {
                giveBack(heard);
                throw failure;
            } finally {
                takeErased().forEach(followers.forgetting());
            }
            followed.set(heard.position().revision());
            serving.active().caughtUp(new RevisionId(heard.position().revision()));
            leading.lag(lag());
        }
        return true;
    }

    /** Hears what was done until now: lets those in whom the store lets in, and forgets what is erased. */
    void hear(Followers followers) {
        ChangeLog.Position before = heard();
        ChangeLog.Position now = sources.changes().position();
        stored.set(now.revision());
        leading.lag(lag());
        if (now.equals(before)) {
            return;
        }
        boolean erases = now.emptied() != before.emptied();
        long event = before.event();
        while (event < now.event()) {
            List<ChangeLog.Entry> entries = sources.changes().after(event);
            if (entries.isEmpty()) {
                break;
            }
            followers.keyring().follow();
            followers.serving().hindsight().log().follow();
            Set<TaskId> erased = new HashSet<>();
            entries.forEach(entry -> note(entry, erases, erased));
            erased.forEach(followers.forgetting());
            if (entries.stream().anyMatch(entry -> entry.kind().equals(SqlTenantStore.KIND))) {
                followers.tenants().run();
            }
            event = entries.get(entries.size() - 1).event();
        }
        reached(new ChangeLog.Position(now.revision(), Math.max(event, now.event()), now.artefact(), now.emptied()));
    }

    private synchronized void reached(ChangeLog.Position now) {
        position = now;
    }

    private synchronized void note(ChangeLog.Entry entry, boolean erases, Set<TaskId> erased) {
        if (entry.kind().equals(TASK) && TaskId.isValid(entry.subject())) {
            TaskId task = new TaskId(entry.subject());
            changedTasks.add(task);
            if (erases || entry.erases()) {
                erased.add(task);
                erasedMeanwhile.add(task);
            }
        } else if (entry.kind().equals(GRAPH) && entry.revision().isPresent()) {
            changedGraphs.put(
                    new GraphId(entry.subject()),
                    new RevisionId(entry.revision().getAsLong()));
        }
    }

    private static void follow(GraphId graph, RevisionId revision, Serving serving) {
        if (serving.graphs().store().graph(graph).isEmpty()) {
            serving.graphKeeper().removed(graph, revision);
        } else if (serving.graphKeeper().live(graph).isEmpty()) {
            serving.graphKeeper().created(graph, revision);
        } else {
            serving.graphKeeper().changed(graph, revision);
        }
    }
}
