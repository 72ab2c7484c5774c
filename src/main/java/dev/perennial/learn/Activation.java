// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.failpoint.Failpoint;
import dev.perennial.knowledge.LinkingEncoder;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.revision.Revision;
import dev.perennial.revision.RevisionStore;
import dev.perennial.revision.Served;
import dev.perennial.revision.Served.MemberPin;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes ensembles serve: with the knowledge graphs as they are now, under a revision by which no other has answered,
 * and with a record of what answers by it. Safe for concurrent use.
 */
final class Activation {
    private static final System.Logger LOG = System.getLogger(Activation.class.getName());

    /** Where what answers is looked for among the records of a task. */
    private static final int LATEST = 8;

    private final TaskStore store;
    private final RevisionStore revisions;
    private final ActiveEnsembles active;
    private final LiveGraphs graphs;
    private final Renewals renewals;
    private final boolean leads;

    /** Of a process that follows: tasks of which no record says that the one that leads answers the same. */
    private final Set<TaskId> unproven = ConcurrentHashMap.newKeySet();

    Activation(TaskStore store, ActiveEnsembles active, Teacher.Tools tools, Renewals renewals) {
        this.store = store;
        this.revisions = tools.revisions();
        this.active = active;
        this.graphs = tools.graphs();
        this.renewals = renewals;
        this.leads = tools.leads();
    }

    /**
     * Makes what was learnt the serving ensemble, with the graphs as they are now.
     *
     * @return the revision by which it answers
     */
    RevisionId serve(Ensemble learnt) {
        TaskId id = learnt.task().id();
        Optional<Ensemble> before;
        Optional<RevisionId> repeated;
        Ensemble next;
        Failpoint.HEAD_LEARNT.pass();
        do {
            before = active.find(id);
            Ensemble live = live(learnt);
            repeated = leads ? repeated(before, live) : Optional.of(followed(live));
            next = live.answering(repeated.isPresent() ? repeated.get() : after(before, live));
        } while (!active.replace(before, next));
        if (repeated.isPresent()) {
            renewals.prove(id, repeated.get());
        } else {
            keep(next);
        }
        followGraphs(id);
        return next.answerRevision();
    }

    /** Whether what was learnt at a start is what answered by the revision of its task before. */
    boolean isRepeated(Ensemble learnt) {
        return repeated(Optional.empty(), live(learnt)).isPresent();
    }

    /** Has what serves know that the state of its task is that of another revision, and the same. */
    void moved(StoredTask stored) {
        Optional<Ensemble> before;
        Ensemble next;
        do {
            before = active.find(stored.task().id());
            if (before.isEmpty()) {
                return;
            }
            next = before.get().moved(stored.revision());
        } while (!active.replace(before, next));
    }

    /**
     * Has a task's answers follow the graphs that it listens to: with what they know now, and without those that are
     * gone. Needs no lock, so that nothing that is learnt holds it up.
     */
    void followGraphs(TaskId id) {
        Optional<Ensemble> before;
        Ensemble next;
        do {
            before = active.find(id).filter(Activation::isListening);
            if (before.isEmpty()) {
                return;
            }
            next = live(before.get());
            if (next.members().equals(before.get().members())) {
                return;
            }
            if (!digests(next).equals(digests(before.get()))) {
                next = next.answering(leads ? after(before, next) : followed(next));
            }
        } while (!active.replace(before, next));
        if (!next.answerRevision().equals(before.get().answerRevision())) {
            keep(next);
        }
    }

    /** Whether a member is of a graph that serves no longer, or not in the same space. */
    boolean isRetired(Encoder member) {
        return isGraph(member)
                && graphs.find(member.info().id())
                        .filter(graph -> isOf(graph, member))
                        .isEmpty();
    }

    /** Whether a graph says now what it said when it answered by a revision. */
    boolean isUnchanged(MemberPin graph) {
        return graphs.find(graph.id())
                .filter(live -> live.snapshot().info().digest().equals(graph.digest()))
                .isPresent();
    }

    static boolean isGraph(Encoder member) {
        return member.info().reading() == EncoderInfo.Reading.KNOWLEDGE;
    }

    static boolean isListening(Ensemble ensemble) {
        return ensemble.members().stream().anyMatch(Activation::isGraph);
    }

    /** What decides the answers of an ensemble. */
    static Served served(Ensemble ensemble) {
        List<MemberPin> members = ensemble.members().stream()
                .map(member -> new MemberPin(member.info().id(), member.info().digest()))
                .toList();
        return new Served(ensemble.digest(), members, ensemble.examples());
    }

    /**
     * Answers do not depend on whether this can be written; what is not kept cannot be gone back to. Nothing is kept
     * under a name by which others may have answered.
     */
    private void keep(Ensemble serving) {
        TaskId id = serving.task().id();
        if (renewals.isDue(id, serving.answerRevision())) {
            return;
        }
        try {
            revisions.keep(id, serving.answerRevision(), served(serving));
        } catch (RuntimeException unwritable) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Revision {0} of task {1} cannot be gone back to: {2}",
                    serving.answerRevision(),
                    id,
                    unwritable.getClass().getName());
        }
    }

    /**
     * The revision whose record says that this is what answered by it: the one that the state of the task was brought
     * back from or, at a start, that of the state itself.
     */
    private Optional<RevisionId> repeated(Optional<Ensemble> before, Ensemble next) {
        Optional<Revision> state = revisions.find(next.task().id(), next.revision());
        Optional<Revision> restored = state.flatMap(Revision::restored)
                .flatMap(earlier -> revisions.find(next.task().id(), earlier));
        return Stream.concat(restored.stream(), before.isPresent() ? Stream.empty() : state.stream())
                .filter(revision ->
                        revision.served().filter(served(next)::equals).isPresent())
                .map(Revision::id)
                .findFirst();
    }

    /** The revision by which the process that leads answers with the same, as far as its records say it. */
    private RevisionId followed(Ensemble next) {
        Optional<RevisionId> proven = proven(next);
        TaskId id = next.task().id();
        if (proven.isPresent()) {
            unproven.remove(id);
        } else {
            unproven.add(id);
        }
        return proven.orElse(next.revision());
    }

    private Optional<RevisionId> proven(Ensemble next) {
        TaskId id = next.task().id();
        Served now = served(next);
        Optional<Revision> state = revisions.find(id, next.revision());
        return Stream.of(
                        state.stream(),
                        state.flatMap(Revision::restored).flatMap(earlier -> revisions.find(id, earlier)).stream(),
                        revisions.page(id, new RevisionId(Long.MAX_VALUE), LATEST).stream())
                .flatMap(each -> each)
                .filter(revision -> revision.served().filter(now::equals).isPresent())
                .map(Revision::id)
                .findFirst();
    }

    /**
     * Tasks that the process that leads answers with something else than this one does now, as when a graph or a member
     * has changed there; it is to answer them. Those that it has kept no record of yet are not among them.
     */
    Set<TaskId> disputed() {
        Set<TaskId> disputed = new HashSet<>();
        for (TaskId id : List.copyOf(unproven)) {
            Optional<Ensemble> serving = active.find(id);
            if (serving.isEmpty()) {
                unproven.remove(id);
                continue;
            }
            Ensemble next = serving.get();
            RevisionId named = followed(next);
            if (!named.equals(next.answerRevision())) {
                boolean unused = active.replace(serving, next.answering(named));
            }
            if (unproven.contains(id)
                    && revisions
                            .find(id, next.revision())
                            .flatMap(Revision::served)
                            .isPresent()) {
                disputed.add(id);
            }
        }
        return disputed;
    }

    /** The revision by which an ensemble is to answer: never one by which another has answered. */
    private RevisionId after(Optional<Ensemble> before, Ensemble next) {
        Optional<RevisionId> answered =
                before.map(Ensemble::answerRevision).filter(revision -> revision.compareTo(next.revision()) >= 0);
        if (answered.isEmpty()) {
            return next.revision();
        }
        TaskId id = next.task().id();
        RevisionId latest = new RevisionId(store.latestRevision());
        return latest.compareTo(answered.get()) > 0 && !renewals.isOfBefore(id, answered.get())
                ? latest
                : store.renew(id).map(StoredTask::revision).orElse(latest);
    }

    /**
     * With the graphs as they are now in the place of those that it was learnt with, and without those that are gone.
     */
    private Ensemble live(Ensemble learnt) {
        Set<Encoder> gone = learnt.members().stream()
                .filter(LinkingEncoder.class::isInstance)
                .filter(member -> graphs.find(member.info().id()).isEmpty())
                .collect(Collectors.toSet());
        Ensemble rest = gone.isEmpty() ? learnt : learnt.without(gone::contains);
        return rest.by(this::now);
    }

    private Encoder now(Encoder member) {
        return graphs.find(member.info().id())
                .filter(graph -> isOf(graph, member))
                .<Encoder>map(LiveGraph::snapshot)
                .orElse(member);
    }

    private static boolean isOf(LiveGraph graph, Encoder member) {
        return member instanceof LinkingEncoder linking && graph.fits(linking);
    }

    private static List<String> digests(Ensemble ensemble) {
        return ensemble.members().stream()
                .map(member ->
                        (member instanceof LinkingEncoder) + member.info().digest())
                .toList();
    }
}
