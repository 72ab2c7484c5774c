// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.List;
import java.util.Optional;

/**
 * Learns a task twice beside what is served, with a member and with a candidate for its place, to compare the two.
 * Nothing is stored and nothing is served otherwise. Encoders that could be rounded to bytes are asked in single
 * precision, whatever the task has chosen. Thread-safe.
 */
public final class Examiner {
    private final TaskStore store;
    private final Encoders encoders;
    private final Learner learner;
    private final Spreads spreads;
    private final ExampleVectors exampleVectors;
    private final LabelDescriptions labelDescriptions;

    /** @param learner one of its own: teachings do not wait for an examination */
    public Examiner(TaskStore store, Encoders encoders, Learner learner, Spreads spreads) {
        this.store = store;
        this.encoders = encoders;
        this.learner = learner;
        this.spreads = spreads;
        this.exampleVectors = new ExampleVectors(store, encoders);
        this.labelDescriptions = new LabelDescriptions(store, encoders);
    }

    /** Compares on a task's held-out examples; empty when there is no such task, or it has no example. */
    public Optional<Comparison> compare(TaskId id, Encoder serving, Encoder candidate) {
        Optional<StoredTask> stored = store.task(id);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        Classroom classroom = new Classroom();
        store.examples(id).forEach(classroom::add);
        if (classroom.size() == 0) {
            return Optional.empty();
        }
        List<Encoder> present = encoders.ready();
        List<Encoder> other = present.stream()
                .map(member -> isSame(member, serving) ? candidate : member)
                .toList();
        for (Encoder member : present) {
            classroom.vectors(member).putAll(store.vectors(id, member.info().digest()));
        }
        return Optional.of(new Comparison(
                id,
                learner.examine(
                        lesson(stored.get(), classroom, present), serving.info().id()),
                learner.examine(
                        lesson(stored.get(), classroom, other), candidate.info().id())));
    }

    private static boolean isSame(Encoder a, Encoder b) {
        return a.info().id().equals(b.info().id());
    }

    private Lesson lesson(StoredTask stored, Classroom classroom, List<Encoder> members) {
        Task task = stored.task();
        exampleVectors.encodeMissing(classroom, members, (member, fresh) -> {});
        return new Lesson(
                task,
                stored.revision(),
                members,
                spreads.featureMap(task.input(), members),
                classroom.known(members),
                labelDescriptions.unstored(task, classroom, members));
    }
}
