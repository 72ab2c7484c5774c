// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Example;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.task.WholeTask;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What there is to learn of a task, from what is stored of it and what its members read. Owned by the task's lock. */
final class LessonBook {
    private final TaskStore store;
    private final TaskMembers members;
    private final Spreads spreads;
    private final ExampleVectors exampleVectors;
    private final LabelDescriptions labelDescriptions;

    LessonBook(
            TaskStore store,
            TaskMembers members,
            Spreads spreads,
            ExampleVectors exampleVectors,
            LabelDescriptions labelDescriptions) {
        this.store = store;
        this.members = members;
        this.spreads = spreads;
        this.exampleVectors = exampleVectors;
        this.labelDescriptions = labelDescriptions;
    }

    /** Has a classroom know what is stored of a task. */
    void load(Task task, Classroom classroom) {
        TaskId id = task.id();
        store.examples(id).forEach(classroom::add);
        for (Encoder member : members.choice(task).readers()) {
            String digest = member.info().digest();
            classroom.vectors(member).putAll(store.vectors(id, digest));
            classroom.labelVectors(member).putAll(store.labelVectors(id, digest));
        }
    }

    /** One in which a whole task is known that is not stored: the names of its examples are no stored one's. */
    Classroom classroom(WholeTask whole) {
        Classroom classroom = new Classroom();
        List<Encoder> readers = members.choice(whole.task()).readers();
        for (int i = 0; i < whole.examples().size(); i++) {
            EncodedTeaching encoded = whole.examples().get(i);
            String id = String.format(Locale.ROOT, "new_%016d", i);
            Teaching teaching = encoded.teaching();
            classroom.add(new Example(id, teaching, teaching.contentKey(), new RevisionId(0), Instant.EPOCH));
            for (Encoder reader : readers) {
                Optional.ofNullable(encoded.vectorByMember().get(reader.info().digest()))
                        .ifPresent(vector -> classroom.vectors(reader).put(id, vector));
            }
        }
        return classroom;
    }

    /** Has a task's classroom know, and stores, what its members have read aside of its examples. */
    void take(Task task, Classroom classroom, Classroom aside) {
        for (Encoder reader : members.choice(task).readers()) {
            Map<String, float[]> known = classroom.vectors(reader);
            Map<String, float[]> fresh = new HashMap<>(aside.vectors(reader));
            fresh.keySet().removeIf(example -> known.containsKey(example) || !classroom.holds(example));
            if (!fresh.isEmpty()) {
                store.putVectors(task.id(), reader.info().digest(), fresh);
                known.putAll(fresh);
            }
        }
    }

    /** A task's lesson for a lineup. */
    Lesson of(StoredTask stored, Classroom classroom, PrecisionChoice.Lineup lineup) {
        exampleVectors.encodeMissing(stored.task().id(), classroom, lineup.members());
        return of(stored, classroom, lineup, labelDescriptions.of(stored.task(), classroom, lineup.members()));
    }

    /**
     * Stores nothing: the task may have these labels and these members no more, and then nothing would ever erase what
     * they read.
     */
    Lesson aside(StoredTask stored, Classroom classroom, PrecisionChoice.Lineup lineup) {
        exampleVectors.encodeMissing(classroom, lineup.members(), (member, fresh) -> {});
        return of(stored, classroom, lineup, labelDescriptions.unstored(stored.task(), classroom, lineup.members()));
    }

    /** The lesson of a task that is not stored, and has no examples. */
    Lesson ofNone(Task task, List<Encoder> readers) {
        return new Lesson(
                task,
                new RevisionId(0),
                readers,
                spreads.featureMap(task.input(), readers),
                List.of(),
                labelDescriptions.ofNone(task, readers),
                Set.of(),
                Recency.NONE);
    }

    private Lesson of(
            StoredTask stored, Classroom classroom, PrecisionChoice.Lineup lineup, Map<String, Encoded> descriptions) {
        List<Encoder> readers = lineup.members();
        Task task = stored.task();
        return new Lesson(
                task,
                stored.revision(),
                readers,
                spreads.featureMap(task.input(), readers),
                classroom.known(readers),
                descriptions,
                members.learntFrom(task.id(), readers),
                Recency.NONE);
    }
}
