// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Predictor;
import dev.perennial.math.Probabilities;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Example;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The walk of a teaching: encode, store in one transaction, learn, activate. Everything that changes a task goes
 * through here; changes of one task follow one another, changes of different tasks run side by side. Safe for
 * concurrent use.
 */
public final class Teacher {
    private static final int ENCODE_AT_ONCE = 256;

    private final TaskStore store;
    private final Encoders encoders;
    private final ActiveEnsembles active;
    private final Learner learner;
    private final Spreads spreads;
    private final Map<TaskId, Classroom> classroomByTask = new ConcurrentHashMap<>();
    private final LedgerBudget ledgerBudget;
    private final LabelDescriptions labelDescriptions;

    /** What a teacher works with. */
    public record Tools(Learner learner, Spreads spreads, long maxLedgerBytes) {}

    public Teacher(TaskStore store, Encoders encoders, ActiveEnsembles active, Tools tools) {
        this.store = store;
        this.encoders = encoders;
        this.active = active;
        this.learner = tools.learner();
        this.spreads = tools.spreads();
        this.ledgerBudget = new LedgerBudget(tools.maxLedgerBytes());
        this.labelDescriptions = new LabelDescriptions(store, encoders);
    }

    /**
     * Learns every stored task and activates it. Called once, before the first request.
     *
     * @throws Refusal.NotReady when the thread is interrupted
     */
    public void restore() {
        for (StoredTask stored : store.tasks()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new Refusal.NotReady("The service is stopping.", 1);
            }
            TaskId id = stored.task().id();
            synchronized (classroom(id)) {
                load(id, classroom(id));
                activate(stored);
            }
        }
        active.caughtUp(new RevisionId(store.latestRevision()));
    }

    /**
     * Learns every task anew with an encoder that has just become ready. Begun again after a failure, it goes on with
     * the tasks that are still without it.
     */
    public void adopt(Encoder encoder) {
        encoders.add(encoder);
        for (StoredTask stored : store.tasks()) {
            TaskId id = stored.task().id();
            synchronized (classroom(id)) {
                if (active.isChanging(id)) {
                    catchUp(id, classroom(id));
                }
                if (!active.find(id)
                        .filter(serving -> serving.members(Mode.FULL).contains(encoder))
                        .isPresent()) {
                    store.task(id).ifPresent(this::activate);
                }
            }
        }
    }

    /** Does several things with a task while nobody else changes it, so that what was checked still holds. */
    public <T> T alone(TaskId id, Supplier<T> work) {
        synchronized (classroom(id)) {
            return work.get();
        }
    }

    /**
     * Creates a task or replaces its definition; examples stay.
     *
     * @throws Refusal.Conflict when the task holds examples of another kind, or outside the new score range
     */
    public TaskStore.Defined define(Task task) {
        return changing(task.id(), classroom -> {
            requireFitting(task);
            TaskStore.Defined defined = store.define(task);
            activate(defined.task());
            return defined;
        });
    }

    /** Replaces a task's policy; answers follow it at once. */
    public TaskStore.Defined setPolicy(TaskId id, Policy policy) {
        return changing(id, classroom -> {
            Ensemble before = active.of(id);
            TaskStore.Defined defined = store.define(before.task().withPolicy(policy));
            active.activate(before.with(defined.task().task(), defined.task().revision()));
            return defined;
        });
    }

    /** Removes a task and everything it was taught. */
    public RevisionId remove(TaskId id) {
        active.of(id);
        return changing(id, classroom -> {
            RevisionId revision = store.remove(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
            active.retire(id, revision);
            ledgerBudget.forget(classroom.ledgers());
            classroom.clear();
            return revision;
        });
    }

    /**
     * Teaches. When this returns, the teachings are on disk and the task's serving ensemble has learnt them.
     *
     * @param idempotency stored with the reply, when the client sent a key; checking it beforehand is the caller's part
     * @param reply what to answer, given the outcome
     */
    public TeachingOutcome teach(
            TaskId id,
            List<Teaching> teachings,
            Optional<Idempotency> idempotency,
            Function<TeachingOutcome, Idempotency.Reply> reply) {
        requireFitting(active.of(id).task(), teachings);
        List<EncodedTeaching> encoded = encode(teachings);
        return changing(id, classroom -> {
            Task task = active.of(id).task();
            requireFitting(task, teachings);
            labelDescriptions.embedNew(task, classroom, teachings);
            String last = classroom.lastExample();
            TeachingOutcome outcome = store.teach(id, encoded, idempotency, reply);
            if (outcome.taught() > 0) {
                outcome.rows().forEach(row -> row.replaced().ifPresent(classroom::remove));
                store.examples(id, last, Integer.MAX_VALUE).forEach(classroom::add);
                remember(classroom, outcome, encoded);
                store.task(id).ifPresent(this::activate);
            }
            return outcome;
        });
    }

    /** Erases an example and everything learnt from it. */
    public Unlearned forget(TaskId id, String exampleId) {
        active.of(id);
        return changing(id, classroom -> {
            String before = active.of(id).headDigest();
            TaskStore.Forgotten forgotten = store.forget(id, exampleId);
            classroom.remove(exampleId);
            store.task(id).ifPresent(this::activate);
            return new Unlearned(
                    forgotten.revision(), exampleId, before, active.of(id).headDigest());
        });
    }

    /**
     * Makes one change of a task, after all earlier ones. What is stored can be ahead of what is served when an earlier
     * change failed between the two; that is made up for first, so that a repeated request does not find its work half
     * done.
     */
    private <T> T changing(TaskId id, Function<Classroom, T> change) {
        Classroom classroom = classroom(id);
        synchronized (classroom) {
            if (active.isChanging(id)) {
                catchUp(id, classroom);
            }
            active.beginChange(id);
            try {
                T result = change.apply(classroom);
                active.endChange(id);
                return result;
            } catch (RuntimeException failure) {
                try {
                    catchUp(id, classroom);
                } catch (RuntimeException again) {
                    failure.addSuppressed(again);
                }
                throw failure;
            }
        }
    }

    /** Serves what is stored, if it is not served already. */
    private void catchUp(TaskId id, Classroom classroom) {
        Optional<StoredTask> stored = store.task(id);
        Optional<Ensemble> serving = active.find(id);
        if (stored.isEmpty()) {
            classroom.clear();
            serving.ifPresent(ensemble -> active.retire(id, new RevisionId(store.latestRevision())));
        } else if (!serving.map(Ensemble::revision).equals(stored.map(StoredTask::revision))) {
            classroom.clear();
            load(id, classroom);
            activate(stored.get());
        }
        active.endChange(id);
    }

    /** An ensemble that knows a task's labels by their descriptions and no example; nothing is stored. */
    public Ensemble zeroShot(Task task, List<Encoder> members) {
        Classroom empty = new Classroom();
        Lesson lesson = new Lesson(
                task,
                new RevisionId(0),
                members,
                spreads.featureMap(task.input(), members),
                List.of(),
                labelDescriptions.of(task, empty, members));
        return learner.learn(lesson, empty.ledgers()).ensemble();
    }

    /**
     * The examples taught as {@code actual} that the ensemble which never saw them predicts as {@code predicted}.
     * Leave-one-out predictions of all examples are computed for this, which takes time for large tasks.
     */
    public List<Confusion> confusions(TaskId id, String actual, String predicted) {
        Classroom classroom = classroom(id);
        synchronized (classroom) {
            Ensemble ensemble = active.of(id);
            StoredTask stored = store.task(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
            List<Confusion> confusions = new ArrayList<>();
            for (Learner.HeldOutAnswer heldOut : learner.learnHoldingOutAll(
                            lesson(stored, classroom), classroom.ledgers())
                    .heldOut()) {
                Example example = heldOut.known().example();
                int best = Probabilities.argmax(heldOut.answer());
                if (example.teaching().answer().equals(new Answer.OneLabel(actual))
                        && ensemble.labels().get(best).equals(predicted)) {
                    confusions.add(new Confusion(example, heldOut.answer()[best]));
                }
            }
            return confusions;
        }
    }

    /** The labels that a task's examples carry. */
    public Set<String> taughtLabels(TaskId id) {
        Classroom classroom = classroom(id);
        synchronized (classroom) {
            Set<String> labels = new TreeSet<>();
            classroom.examples().forEach(example -> {
                Answer answer = example.teaching().answer();
                if (answer instanceof Answer.OneLabel one) {
                    labels.add(one.label());
                } else if (answer instanceof Answer.Labels many) {
                    labels.addAll(many.labels());
                }
            });
            return labels;
        }
    }

    private void activate(StoredTask stored) {
        Classroom classroom = classroom(stored.task().id());
        Lesson lesson = lesson(stored, classroom);
        active.activate(learner.learn(lesson, classroom.ledgers()).ensemble());
        ledgerBudget.used(classroom.ledgers());
    }

    private Lesson lesson(StoredTask stored, Classroom classroom) {
        List<Encoder> members = encoders.ready();
        Task task = stored.task();
        encodeMissing(task.id(), classroom, members);
        return new Lesson(
                task,
                stored.revision(),
                members,
                spreads.featureMap(task.input(), members),
                classroom.known(members),
                labelDescriptions.of(task, classroom, members));
    }

    private List<EncodedTeaching> encode(List<Teaching> teachings) {
        List<Encoder> members = encoders.ready();
        List<EncodedTeaching> all = new ArrayList<>(teachings.size());
        for (int from = 0; from < teachings.size(); from += ENCODE_AT_ONCE) {
            List<Teaching> batch = teachings.subList(from, Math.min(teachings.size(), from + ENCODE_AT_ONCE));
            List<Encoded> encoded = Predictor.encode(
                    encoders, members, batch.stream().map(Teaching::input).toList());
            for (int i = 0; i < batch.size(); i++) {
                Map<String, float[]> vectorByMember = new HashMap<>();
                for (int m = 0; m < members.size(); m++) {
                    vectorByMember.put(
                            members.get(m).info().digest(),
                            encoded.get(i).vectors().get(m));
                }
                all.add(new EncodedTeaching(batch.get(i), vectorByMember));
            }
        }
        return all;
    }

    private void remember(Classroom classroom, TeachingOutcome outcome, List<EncodedTeaching> encoded) {
        for (Encoder member : encoders.ready()) {
            Map<String, float[]> vectors = classroom.vectors(member);
            for (int i = 0; i < encoded.size(); i++) {
                float[] vector =
                        encoded.get(i).vectorByMember().get(member.info().digest());
                TeachingOutcome.Row row = outcome.rows().get(i);
                if (!row.duplicate() && vector != null && classroom.holds(row.exampleId())) {
                    vectors.put(row.exampleId(), vector);
                }
            }
        }
    }

    private void encodeMissing(TaskId id, Classroom classroom, List<Encoder> members) {
        for (Encoder member : members) {
            Map<String, float[]> vectors = classroom.vectors(member);
            List<Example> missing = new ArrayList<>();
            classroom.examples().forEach(example -> {
                if (!vectors.containsKey(example.id())) {
                    missing.add(example);
                }
            });
            for (int from = 0; from < missing.size(); from += ENCODE_AT_ONCE) {
                List<Example> batch = missing.subList(from, Math.min(missing.size(), from + ENCODE_AT_ONCE));
                List<Encoded> encoded = Predictor.encode(
                        encoders,
                        List.of(member),
                        batch.stream()
                                .map(example -> example.teaching().input())
                                .toList());
                Map<String, float[]> fresh = new HashMap<>();
                for (int i = 0; i < batch.size(); i++) {
                    fresh.put(batch.get(i).id(), encoded.get(i).vectors().get(0));
                }
                store.putVectors(id, member.info().digest(), fresh);
                vectors.putAll(fresh);
            }
        }
    }

    private void load(TaskId id, Classroom classroom) {
        store.examples(id).forEach(classroom::add);
        for (Encoder member : encoders.ready()) {
            classroom.vectors(member).putAll(store.vectors(id, member.info().digest()));
            classroom
                    .labelVectors(member)
                    .putAll(store.labelVectors(id, member.info().digest()));
        }
    }

    private Classroom classroom(TaskId id) {
        return classroomByTask.computeIfAbsent(id, any -> new Classroom());
    }

    private void requireFitting(Task task) {
        Classroom classroom = classroom(task.id());
        for (Example example : classroom.examples()) {
            Teaching teaching = example.teaching();
            if (teaching.answer().kind() != task.kind() || teaching.input().kind() != task.input()) {
                throw new Refusal.Conflict(
                        "The task holds examples of another kind or input; remove the task first, or use another name.");
            }
            if (!inRange(task, teaching)) {
                throw new Refusal.Conflict("The task holds scores outside the new score_range; choose a wider one.");
            }
        }
    }

    private static void requireFitting(Task task, List<Teaching> teachings) {
        for (int i = 0; i < teachings.size(); i++) {
            Teaching teaching = teachings.get(i);
            if (teaching.answer().kind() != task.kind()
                    || teaching.input().kind() != task.input()
                    || !inRange(task, teaching)) {
                throw new Refusal.Invalid("/examples/" + i, "does not fit the kind, input or score_range of the task");
            }
        }
    }

    private static boolean inRange(Task task, Teaching teaching) {
        ScoreRange range = task.scoreRange().orElse(null);
        return range == null || !(teaching.answer() instanceof Answer.Score score) || range.contains(score.score());
    }
}
