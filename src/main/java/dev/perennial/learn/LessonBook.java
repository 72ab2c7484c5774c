// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.List;
import java.util.Map;
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

    /** A task's lesson for a lineup. */
    Lesson of(StoredTask stored, Classroom classroom, PrecisionChoice.Lineup lineup) {
        return of(stored, classroom, lineup, labelDescriptions.of(stored.task(), classroom, lineup.members()));
    }

    /** Stores no labels: the task may have them no more, and then nothing would ever erase them. */
    Lesson aside(StoredTask stored, Classroom classroom, PrecisionChoice.Lineup lineup) {
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
        exampleVectors.encodeMissing(task.id(), classroom, readers);
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
