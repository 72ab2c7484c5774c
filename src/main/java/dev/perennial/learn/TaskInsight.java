// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.math.Probabilities;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What can be asked about what a task was taught; changes nothing. Safe for concurrent use. */
public final class TaskInsight {
    private final TaskStore store;
    private final ActiveEnsembles active;
    private final Classrooms classrooms;
    private final TaskLearning learning;

    TaskInsight(TaskStore store, ActiveEnsembles active, Classrooms classrooms, TaskLearning learning) {
        this.store = store;
        this.active = active;
        this.classrooms = classrooms;
        this.learning = learning;
    }

    /**
     * The examples taught as {@code actual} that the ensemble which never saw them predicts as {@code predicted}.
     * Leave-one-out predictions of all examples are computed for this, which takes time for large tasks; they can be
     * changed meanwhile.
     */
    public List<Confusion> confusions(TaskId id, String actual, String predicted) {
        return confusions(id, actual, predicted, () -> {});
    }

    /**
     * The same for somebody who may stop waiting.
     *
     * @param requireWanted asked now and then; throws when they are wanted no more
     */
    public List<Confusion> confusions(TaskId id, String actual, String predicted, Runnable requireWanted) {
        Held held = held(id);
        List<Confusion> confusions = new ArrayList<>();
        for (Learner.HeldOutAnswer heldOut : held.answers().apply(Learner.Wanted.by(requireWanted))) {
            Example example = heldOut.known().example();
            int best = Probabilities.argmax(heldOut.answer());
            if (example.teaching().answer().equals(new Answer.OneLabel(actual))
                    && held.ensemble().labels().get(best).equals(predicted)) {
                confusions.add(new Confusion(example, heldOut.answer()[best]));
            }
        }
        return confusions;
    }

    /** What answers a task, and what it says of the task's examples had it not seen them. */
    private record Held(Ensemble ensemble, Function<Learner.Wanted, List<Learner.HeldOutAnswer>> answers) {}

    private Held held(TaskId id) {
        return classrooms.alone(id, classroom -> held(id, classroom));
    }

    private Held held(TaskId id, Classroom classroom) {
        Ensemble ensemble = active.of(id);
        StoredTask stored = store.task(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
        return new Held(ensemble, learning.heldOut(stored, classroom));
    }

    /** What serves, and what it says of its examples had it not seen them. */
    public Rehearsal serving(TaskId id) {
        return rehearsal(held(id));
    }

    /**
     * The same of a task that serves as it is stored.
     *
     * @throws Refusal.NotReady when what is stored could not be learnt
     */
    public Rehearsal settled(TaskId id) {
        return classrooms.alone(id, classroom -> {
            Rehearsal serving = rehearsal(held(id, classroom));
            // With nobody else at it, a change that has not ended is one that has failed.
            if (active.isChanging(id)) {
                throw new Refusal.NotReady("What is stored of this task could not be learnt, and is tried again.", 1);
            }
            return serving;
        });
    }

    private static Rehearsal rehearsal(Held held) {
        return new Rehearsal(held.ensemble(), latest -> held.answers().apply(new Learner.Wanted(latest, () -> {})));
    }

    /**
     * The examples that were probably taught wrongly, most suspect first. Leave-one-out predictions of all examples are
     * computed for this, which takes time for large tasks; they can be changed meanwhile.
     */
    public List<Suspect> suspects(TaskId id) {
        return suspects(id, () -> {});
    }

    /**
     * The same for somebody who may stop waiting.
     *
     * @param requireWanted asked now and then; throws when they are wanted no more
     */
    public List<Suspect> suspects(TaskId id, Runnable requireWanted) {
        Held held = held(id);
        List<Learner.HeldOutAnswer> answers = held.answers().apply(Learner.Wanted.by(requireWanted));
        return learning.aside(requireWanted, () -> new SuspectSearch(held.ensemble()).among(answers));
    }

    /**
     * How much each example decides of what the head over all members says of it, by its id; of those with equal
     * content, together, by the first of them. This takes time for large tasks; they can be changed meanwhile.
     */
    Map<String, Double> leverages(TaskId id) {
        List<Learner.HeldOutAnswer> answers = held(id).answers().apply(Learner.Wanted.by(() -> {}));
        return learning.aside(
                () -> {},
                () -> answers.parallelStream()
                        .collect(Collectors.toConcurrentMap(
                                answer -> answer.known().example().id(),
                                answer -> answer.leverage().getAsDouble())));
    }

    /**
     * What each knowledge graph does for a task, told by examples that were left out. The task is learnt several times
     * for this, which takes time for large ones; it can be changed meanwhile.
     */
    public List<GraphTrial> graphTrials(TaskId id) {
        Supplier<List<GraphTrial>> trials = classrooms.alone(id, classroom -> {
            active.of(id);
            StoredTask stored = store.task(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
            return learning.trials(stored, classroom);
        });
        return trials.get();
    }

    /** The labels that a task's examples carry. */
    public Set<String> taughtLabels(TaskId id) {
        return classrooms.alone(id, classroom -> {
            Set<String> labels = new TreeSet<>();
            classroom.examples().forEach(example -> example.teaching().answer().addLabelsTo(labels));
            return labels;
        });
    }
}
