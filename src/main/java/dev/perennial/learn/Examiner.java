// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Learns a task twice beside what is served, with a member and with a candidate for its place, to compare the two.
 * Nothing is stored and nothing is served otherwise. Encoders that could be rounded to bytes are asked in single
 * precision, whatever the task has chosen. Thread-safe.
 */
public final class Examiner {
    private final TaskStore store;
    private final TaskMembers members;
    private final Learner learner;
    private final Spreads spreads;
    private final ExampleVectors exampleVectors;
    private final LabelDescriptions labelDescriptions;

    /** @param learner one of its own: teachings do not wait for an examination */
    public Examiner(TaskStore store, TaskMembers members, Learner learner, Spreads spreads) {
        this.store = store;
        this.members = members;
        this.learner = learner;
        this.spreads = spreads;
        this.exampleVectors = new ExampleVectors(store, members.encoders());
        this.labelDescriptions = new LabelDescriptions(store, members);
    }

    /** Compares on a task's held-out examples; empty when there is no such task, or it has no example. */
    public Optional<Comparison> compare(TaskId id, Encoder serving, Encoder candidate) {
        return sitting(id, members.of(id)).map(sitting -> {
            List<Encoder> other = sitting.members().stream()
                    .map(member -> isSame(member, serving) ? candidate : member)
                    .toList();
            Set<String> learntFrom = members.learntFrom(id, sitting.members());
            return new Comparison(
                    id,
                    learner.examine(
                            lesson(sitting, sitting.members(), learntFrom),
                            serving.info().id()),
                    learner.examine(
                            lesson(sitting, other, learntFrom), candidate.info().id()));
        });
    }

    /**
     * Holds a task's members as they ship against the same with an adapted one, on the examples that it was not adapted
     * to; empty when there is no such task, or none of its examples is held out.
     */
    public Optional<AdaptationTrial> tried(TaskId id, Adaptation candidate) {
        return tried(id, candidate, List::copyOf);
    }

    /**
     * Holds an adapted encoder of a task against another adapted one in its place, on the examples that neither was
     * adapted to; empty when there is no such task, or none of its examples is held out.
     *
     * @param candidate has learnt from all that the one before has
     */
    public Optional<AdaptationTrial> tried(TaskId id, Adaptation before, Adaptation candidate) {
        return tried(id, candidate, shipped -> with(before, shipped));
    }

    private Optional<AdaptationTrial> tried(TaskId id, Adaptation candidate, UnaryOperator<List<Encoder>> before) {
        return sitting(id, members.encoders().ready())
                .map(sitting -> {
                    Learner.Tried old = tried(sitting, before.apply(sitting.members()), candidate);
                    Learner.Tried fresh = tried(sitting, with(candidate, sitting.members()), candidate);
                    return new AdaptationTrial(
                            id,
                            new AdaptationTrial.Arms(old.ensemble(), fresh.ensemble()),
                            new AdaptationTrial.Arms(old.alone(), fresh.alone()),
                            old.examples(),
                            fresh.examples());
                })
                .filter(trial -> trial.examples() > 0);
    }

    private Learner.Tried tried(Sitting sitting, List<Encoder> readers, Adaptation candidate) {
        return learner.tried(
                lesson(sitting, readers, candidate.learntFrom()),
                candidate.encoder().info().id());
    }

    private static List<Encoder> with(Adaptation adaptation, List<Encoder> members) {
        return members.stream()
                .map(each -> adaptation.replaces(each) ? adaptation.encoder() : each)
                .toList();
    }

    /** A task with the examples and vectors that are stored of it. */
    private record Sitting(StoredTask stored, Classroom classroom, List<Encoder> members) {}

    private Optional<Sitting> sitting(TaskId id, List<Encoder> present) {
        Optional<StoredTask> stored = store.task(id);
        Classroom classroom = new Classroom();
        stored.ifPresent(task -> store.examples(id).forEach(classroom::add));
        if (classroom.size() == 0) {
            return Optional.empty();
        }
        for (Encoder member : present) {
            classroom.vectors(member).putAll(store.vectors(id, member.info().digest()));
        }
        return stored.map(task -> new Sitting(task, classroom, present));
    }

    private static boolean isSame(Encoder a, Encoder b) {
        return a.info().id().equals(b.info().id());
    }

    private Lesson lesson(Sitting sitting, List<Encoder> readers, Set<String> learntFrom) {
        Task task = sitting.stored().task();
        exampleVectors.encodeMissing(sitting.classroom(), readers, (member, fresh) -> {});
        return new Lesson(
                task,
                sitting.stored().revision(),
                readers,
                spreads.featureMap(task.input(), readers),
                sitting.classroom().known(readers),
                labelDescriptions.unstored(task, sitting.classroom(), readers),
                learntFrom,
                Recency.NONE);
    }
}
