// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.ensemble.Predictor;
import dev.perennial.task.Answer;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The vectors of the texts that stand for a task's labels, kept in the store and in the task's classroom as long as the
 * task has the label. Owned by the task's lock.
 */
final class LabelDescriptions {
    private static final int AT_ONCE = 64;

    private final TaskStore store;
    private final TaskMembers members;

    LabelDescriptions(TaskStore store, TaskMembers members) {
        this.store = store;
        this.members = members;
    }

    /** What the labels of a task that is not stored look like to the members, by label; nothing is stored. */
    Map<String, Encoded> ofNone(Task task, List<Encoder> readers) {
        return unstored(task, new Classroom(), readers);
    }

    /** The same with the labels that a classroom of the caller's has been taught; nothing is stored. */
    Map<String, Encoded> unstored(Task task, Classroom classroom, List<Encoder> readers) {
        return of(task, classroom, readers, (member, fresh) -> {});
    }

    /** What the labels that a task defines or has been taught look like to the members, by label. */
    Map<String, Encoded> of(Task task, Classroom classroom, List<Encoder> readers) {
        return of(task, classroom, readers, storing(task.id()));
    }

    /** A graph's vectors of the same, by label; nothing is kept. */
    Map<String, float[]> ofGraph(Task task, Classroom classroom, Encoder graph) {
        Map<String, float[]> vectorByLabel = new HashMap<>();
        unstored(task, classroom, List.of(graph))
                .forEach((label, encoded) ->
                        vectorByLabel.put(label, encoded.vectors().get(0)));
        classroom.forgetLabelVectors(graph);
        return vectorByLabel;
    }

    private Map<String, Encoded> of(Task task, Classroom classroom, List<Encoder> readers, Keeper keeper) {
        if (task.kind() == Kind.REGRESSION || task.input() == InputKind.PAIR) {
            return Map.of();
        }
        Map<String, String> textByLabel = new LinkedHashMap<>();
        task.labels().forEach(label -> textByLabel.put(label.name(), LessonRows.describe(task, label.name())));
        classroom.examples().forEach(example -> {
            if (example.teaching().answer() instanceof Answer.OneLabel one) {
                textByLabel.computeIfAbsent(one.label(), label -> LessonRows.describe(task, label));
            } else if (example.teaching().answer() instanceof Answer.Labels many) {
                many.labels()
                        .forEach(label -> textByLabel.computeIfAbsent(label, name -> LessonRows.describe(task, name)));
            }
        });
        List<String> texts = textByLabel.values().stream()
                .filter(text -> !text.isBlank())
                .distinct()
                .toList();
        readers.forEach(member -> embedLabels(classroom, member, texts, keeper));
        dropUnused(task.id(), classroom, textByLabel.values());
        Map<String, Encoded> descriptions = new HashMap<>();
        textByLabel.forEach((label, text) -> {
            if (!text.isBlank()) {
                List<float[]> vectors = readers.stream()
                        .map(member -> java.util.Objects.requireNonNull(classroom
                                .labelVectors(member)
                                .get(ContentKey.ofText(text).hex())))
                        .toList();
                descriptions.put(label, new Encoded(vectors, false));
            }
        });
        return descriptions;
    }

    /** A label that nothing carries any longer leaves no trace. */
    private void dropUnused(TaskId id, Classroom classroom, Collection<String> texts) {
        Set<String> used =
                texts.stream().map(text -> ContentKey.ofText(text).hex()).collect(Collectors.toSet());
        if (classroom.retainLabelVectors(used)) {
            store.retainLabelVectors(id, used);
        }
    }

    /** Done before anything is stored, because it can be refused when the encoders have too much to do. */
    void embedNew(Task task, Classroom classroom, List<Teaching> teachings) {
        if (task.kind() == Kind.REGRESSION || task.input() == InputKind.PAIR) {
            return;
        }
        List<String> texts = teachings.stream()
                .flatMap(teaching -> teaching.answer() instanceof Answer.OneLabel one
                        ? Stream.of(one.label())
                        : teaching.answer() instanceof Answer.Labels many ? many.labels().stream() : Stream.empty())
                .distinct()
                .map(label -> LessonRows.describe(task, label))
                .filter(text -> !text.isBlank())
                .distinct()
                .toList();
        members.choice(task).readers().forEach(member -> embedLabels(classroom, member, texts, storing(task.id())));
    }

    /** Takes the vectors of new texts, by the texts' digests. */
    private interface Keeper {
        void keep(Encoder member, Map<String, float[]> fresh);
    }

    private Keeper storing(TaskId id) {
        return (member, fresh) -> store.task(id)
                .ifPresent(exists -> store.putLabelVectors(id, member.info().digest(), fresh));
    }

    private void embedLabels(Classroom classroom, Encoder member, List<String> texts, Keeper keeper) {
        Map<String, float[]> vectors = classroom.labelVectors(member);
        List<String> missing = texts.stream()
                .filter(text -> !vectors.containsKey(ContentKey.ofText(text).hex()))
                .toList();
        Map<String, float[]> fresh = new HashMap<>();
        for (int from = 0; from < missing.size(); from += AT_ONCE) {
            List<String> batch = missing.subList(from, Math.min(missing.size(), from + AT_ONCE));
            List<Encoded> encoded = Predictor.encode(
                    members.encoders(),
                    List.of(member),
                    batch.stream().map(text -> Input.of(new Text(text))).toList());
            for (int i = 0; i < batch.size(); i++) {
                fresh.put(
                        ContentKey.ofText(batch.get(i)).hex(),
                        encoded.get(i).vectors().get(0));
            }
        }
        if (!fresh.isEmpty()) {
            keeper.keep(member, fresh);
            vectors.putAll(fresh);
        }
    }
}
