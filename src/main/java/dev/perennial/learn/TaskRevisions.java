// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.knowledge.GraphId;
import dev.perennial.refusal.Refusal;
import dev.perennial.revision.Revision;
import dev.perennial.revision.RevisionStore;
import dev.perennial.revision.Served;
import dev.perennial.revision.Served.MemberPin;
import dev.perennial.revision.TaskState;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Example;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TeachingOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Earlier revisions of tasks: what answered by them, and going back to them. A revision is rebuilt from what is stored,
 * as a pure function of it; whether it came out the same is told by its digest. Safe for concurrent use.
 */
public final class TaskRevisions {
    private final RevisionStore revisions;
    private final ActiveEnsembles active;
    private final Classrooms classrooms;
    private final TaskLearning learning;
    private final TaskChanges changes;

    TaskRevisions(
            RevisionStore revisions,
            ActiveEnsembles active,
            Classrooms classrooms,
            TaskLearning learning,
            TaskChanges changes) {
        this.revisions = revisions;
        this.active = active;
        this.classrooms = classrooms;
        this.learning = learning;
        this.changes = changes;
    }

    /**
     * A revision made anew from what is stored.
     *
     * @param ensemble what would answer
     * @param then what answered; empty when nothing did
     * @param now what would answer, in the same form
     * @param erased how many of its examples are erased since
     */
    public record Rebuilt(Ensemble ensemble, Optional<Served> then, Served now, long erased) {

        /** Whether answers would be those that were given by the revision. */
        public boolean isSame() {
            return then.filter(now::equals).isPresent();
        }

        /** Why they would not, for a person; empty when they would. */
        public List<String> differences() {
            List<String> differences = new ArrayList<>();
            if (erased > 0) {
                differences.add(erased + " of its examples are erased since");
            }
            if (then.isEmpty()) {
                differences.add("nothing ever answered by it, or it is not known what did");
            } else {
                differences.addAll(ofMembers(then.get().members()));
            }
            if (differences.isEmpty() && !isSame()) {
                differences.add("it was fitted by another release or in other numbers");
            }
            return differences;
        }

        private List<String> ofMembers(List<MemberPin> before) {
            List<String> gone = before.stream()
                    .filter(pin -> !now.members().contains(pin))
                    .map(pin -> GraphId.isMember(pin.id())
                            ? "knowledge graph " + GraphId.ofMember(pin.id()) + " is gone, or says something else now"
                            : "member " + pin.id() + " as it was then is not kept, or cannot be opened")
                    .toList();
            if (!gone.isEmpty() || before.equals(now.members())) {
                return gone;
            }
            return List.of("other members answer the task now");
        }
    }

    /**
     * What going back did.
     *
     * @param task as it is stored now
     * @param serving the revision by which answers are given now: the one that was asked for, where answers are those
     *     that were given by it
     * @param differences why they are not; empty when they are
     */
    public record Promoted(StoredTask task, RevisionId serving, List<String> differences) {}

    /**
     * Ids of the members that answered by a revision and are gone, or others now: going back to it would be refused.
     */
    public List<String> missing(Revision revision) {
        return revision.served().map(Served::members).orElse(List.of()).stream()
                .filter(pin -> !learning.isKept(pin))
                .map(MemberPin::id)
                .toList();
    }

    /** The history of tasks as it is stored. */
    public RevisionStore store() {
        return revisions;
    }

    /**
     * What answers, or answered, by a revision; learnt anew where it did so too long ago.
     *
     * @throws Refusal.NotFound when there is no such task or revision
     */
    public Ensemble of(TaskId id, RevisionId revision) {
        return serving(id, revision)
                .or(() -> learning.recent()
                        .find(revision)
                        .map(Learner.Learnt::ensemble)
                        .filter(ensemble -> ensemble.task().id().equals(id)))
                .orElseGet(() -> rebuild(id, revision).ensemble());
    }

    private Optional<Ensemble> serving(TaskId id, RevisionId revision) {
        return active.find(id).filter(ensemble -> ensemble.answerRevision().equals(revision));
    }

    /**
     * What answered by a revision and how that compares with what would answer now; learnt anew where it answered too
     * long ago. Changes nothing.
     *
     * @throws Refusal.NotFound when there is no such task or revision
     */
    public Rebuilt recall(TaskId id, RevisionId revision) {
        return classrooms.alone(
                id,
                classroom -> recent(id, revision)
                        .orElseGet(() -> learnt(id, revision))
                        .rebuilt());
    }

    /**
     * Makes a revision anew from what is stored, whatever is in memory of it. Takes as long as learning the task.
     *
     * @throws Refusal.NotFound when there is no such task or revision
     */
    public Rebuilt rebuild(TaskId id, RevisionId revision) {
        return classrooms.alone(id, classroom -> learnt(id, revision).rebuilt());
    }

    /**
     * Has a task answer as it did by a revision; what was taught since is set aside, and teaching goes on from there.
     * Requests are answered all the time, by the one or the other. What is erased stays erased.
     *
     * @param anyhow also when answers will be others than they were
     * @throws Refusal.NotFound when there is no such task or revision
     * @throws Refusal.Conflict when answers would be others than they were, and {@code anyhow} is false; or when the
     *     revision was let go
     */
    public Promoted promote(TaskId id, RevisionId target, boolean anyhow) {
        return changes.changing(id, classroom -> {
            Optional<Ensemble> serving = serving(id, target);
            if (serving.isEmpty()) {
                requireKept(id, target);
            } else {
                StoredTask task = learning.stored(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
                return new Promoted(task, target, List.of());
            }
            Past past = recent(id, target).orElseGet(() -> learnt(id, target));
            List<String> differences = past.rebuilt().differences();
            if (!differences.isEmpty() && !anyhow) {
                throw new Refusal.Conflict("Answers would not be those that were given by this revision: "
                        + String.join("; ", differences) + ". Say \"anyhow\": true to go back as far as it can be.");
            }
            List<MemberPin> pins = returning(id, target).pins();
            RevisionStore.Restored restored =
                    revisions.restore(id, target, differences.isEmpty() ? Optional.of(target) : Optional.empty(), pins);
            learning.members().pin(id, pins);
            follow(restored, classroom, target);
            past.classroom().ifPresent(aside -> learning.take(restored.task().task(), classroom, aside));
            learning.serveAgain(restored.task(), past.learnt(), classroom);
            return new Promoted(restored.task(), active.of(id).answerRevision(), differences);
        });
    }

    /**
     * How a revision differs from another one: by definition, examples and answers.
     *
     * @param most inputs to compare answers about
     * @throws Refusal.NotFound when there is no such task or revision
     */
    public RevisionDiff diff(TaskId id, RevisionId from, RevisionId to, int most) {
        RevisionDiff.Sides sides = new RevisionDiff.Sides(side(id, from), side(id, to));
        return RevisionDiff.of(sides, taught(id), learning.encoders(), most);
    }

    private Set<String> taught(TaskId id) {
        return learning.stored(id).stream()
                .flatMap(stored -> state(id, stored.revision()).examples().stream())
                .map(Example::id)
                .collect(Collectors.toSet());
    }

    private RevisionDiff.Side side(TaskId id, RevisionId revision) {
        return new RevisionDiff.Side(state(id, revision), of(id, revision));
    }

    /** @throws Refusal.Conflict when a revision was let go */
    private void requireKept(TaskId id, RevisionId revision) {
        if (revisions.find(id, revision).filter(Revision::lost).isPresent()) {
            throw new Refusal.Conflict("What this revision was made of is not kept any more: it ended longer ago than"
                    + " perennial.revisions.retention, and had no name.");
        }
    }

    private TaskState state(TaskId id, RevisionId revision) {
        requireKept(id, revision);
        return revisions.state(id, revision).orElseThrow(() -> new Refusal.NotFound("revision", revision.toString()));
    }

    /**
     * Teaches a revision that serves nothing, and is called {@code candidate}; what serves is not changed by it. It can
     * be evaluated, compared and promoted like any other.
     *
     * @param onward whether it goes on from the candidate that there is; else it is made from what serves
     */
    TeachingOutcome stage(TaskId id, List<EncodedTeaching> teachings, boolean onward) {
        return changes.changing(id, classroom -> {
            Ensemble serving = active.of(id);
            Optional<RevisionId> base =
                    onward ? Optional.ofNullable(revisions.aliases(id).get(RevisionStore.CANDIDATE)) : Optional.empty();
            RevisionStore.Staged staged = revisions.stage(id, teachings, base, serving.answerRevision());
            learning.moved(staged.task());
            RevisionId candidate = staged.outcome().revision();
            if (serving(id, candidate).isEmpty()) {
                Past past = learnt(id, candidate);
                revisions.keep(id, candidate, past.rebuilt().now());
                learning.recent().add(candidate, past.learnt());
            }
            return staged.outcome();
        });
    }

    /**
     * What was learnt of a revision, and how that compares with what answered by it.
     *
     * @param classroom in which it was learnt; empty where that was at its time
     */
    private record Past(Learner.Learnt learnt, Rebuilt rebuilt, Optional<Classroom> classroom) {}

    /** What served not long ago is still as it was, unless its members are not kept. */
    private Optional<Past> recent(TaskId id, RevisionId revision) {
        return learning.recent()
                .find(revision)
                .filter(learnt -> learnt.ensemble().task().id().equals(id))
                .map(learnt -> new Past(learnt, rebuilt(id, revision, learnt, 0), Optional.empty()))
                .filter(past -> past.rebuilt().isSame()
                        && TaskLearning.isOf(
                                choice(past.learnt().ensemble().task(), revision),
                                past.rebuilt().ensemble()));
    }

    private Past learnt(TaskId id, RevisionId revision) {
        TaskState state = state(id, revision);
        PrecisionChoice choice = choice(state.task(), revision);
        Rehearsals.Setting then = setting(state, revision, choice);
        Learner.Learnt learnt = learning.aside(then.stored(), then.classroom(), choice);
        return new Past(learnt, rebuilt(id, revision, learnt, state.erased()), Optional.of(then.classroom()));
    }

    /** In which numbers those multiply that answered by a revision, where all of them are kept. */
    private PrecisionChoice choice(Task task, RevisionId revision) {
        return PrecisionChoice.of(task, returning(task.id(), revision).members());
    }

    private TaskMembers.Return returning(TaskId id, RevisionId revision) {
        return learning.members().returning(id, served(id, revision));
    }

    private Optional<Served> served(TaskId id, RevisionId revision) {
        return revisions.find(id, revision).flatMap(Revision::served);
    }

    /** The state that a task had at a revision. */
    Rehearsals.Setting setting(TaskId id, RevisionId revision) {
        TaskState state = state(id, revision);
        return setting(state, revision, choice(state.task(), revision));
    }

    /** Who answered by a revision. */
    TaskMembers.Cast cast(TaskId id, RevisionId revision) {
        return learning.members().cast(returning(id, revision).members());
    }

    private Rehearsals.Setting setting(TaskState state, RevisionId revision, PrecisionChoice choice) {
        TaskId id = state.task().id();
        Classroom aside = new Classroom();
        state.examples().forEach(aside::add);
        for (Encoder reader : choice.readers()) {
            aside.vectors(reader)
                    .putAll(revisions.vectors(id, revision, reader.info().digest()));
        }
        return new Rehearsals.Setting(
                new StoredTask(
                        state.task(), revision, Instant.EPOCH, state.examples().size()),
                aside);
    }

    private Rebuilt rebuilt(TaskId id, RevisionId revision, Learner.Learnt learnt, long erased) {
        Optional<Served> then = served(id, revision);
        Served now = Activation.served(learnt.ensemble());
        return new Rebuilt(learnt.ensemble().answering(revision), then, now, erased);
    }

    /** Has a classroom hold what is taught after going back. */
    private void follow(RevisionStore.Restored restored, Classroom classroom, RevisionId target) {
        restored.removed().forEach(classroom::remove);
        restored.returned().forEach(classroom::add);
        if (restored.returned().isEmpty()) {
            return;
        }
        TaskId id = restored.task().task().id();
        for (Encoder reader : learning.readers(restored.task().task())) {
            Map<String, float[]> vectors =
                    revisions.vectors(id, target, reader.info().digest());
            restored.returned()
                    .forEach(example -> Optional.ofNullable(vectors.get(example.id()))
                            .ifPresent(vector -> classroom.vectors(reader).put(example.id(), vector)));
        }
    }
}
