// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Passage;
import dev.perennial.learn.LabelledPassage;
import dev.perennial.refresh.Folds.Labelled;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The examples of tasks that an encoder can be adapted to. Thread-safe. */
public final class LabelledExamples {
    /** Of all tasks; more of them take longer and add little. */
    private static final int MOST = 10_000;

    private static final int FEWEST = 16;

    private final TaskStore store;

    public LabelledExamples(TaskStore store) {
        this.store = store;
    }

    /**
     * Those of some tasks, in an order that is not that of teaching; at most so many of each that all find room.
     *
     * @throws Refusal.NotFound when there is no such task
     * @throws Refusal.Conflict when there is too little to be adapted to; the detail says what is needed
     */
    List<Labelled> of(List<TaskId> tasks) {
        List<Labelled> all = new ArrayList<>();
        for (TaskId id : tasks) {
            StoredTask stored = store.task(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
            requireAdaptable(stored.task());
            List<Labelled> examples = new ArrayList<>();
            store.examples(id)
                    .forEach(example ->
                            examples.add(Labelled.of(id, stored.task().scoreRange(), example)));
            examples.sort(
                    Comparator.comparing(example -> example.example().key().hex()));
            if (examples.size() < FEWEST
                    || examples.stream().map(Labelled::label).distinct().count() < 2) {
                throw new Refusal.Conflict("Task " + id.value() + " needs at least " + FEWEST
                        + " examples and two labels before an encoder can be adapted to it. Teach it more.");
            }
            all.addAll(examples.subList(0, Math.min(examples.size(), Math.max(FEWEST, MOST / tasks.size()))));
        }
        return all;
    }

    private static void requireAdaptable(Task task) {
        boolean scoresPairs = task.kind() == Kind.REGRESSION && task.input() == InputKind.PAIR;
        if (task.kind() != Kind.CLASSIFICATION && !scoresPairs) {
            throw new Refusal.Conflict("Encoders are adapted to classification and to scores of pairs; task "
                    + task.id().value() + " is of another kind. Name other tasks.");
        }
    }

    /** What an encoder reads of examples, with numbers for the labels of all tasks. */
    static List<LabelledPassage> passages(List<Labelled> examples) {
        Map<List<String>, Integer> numberByLabel = new HashMap<>();
        return examples.stream()
                .map(example -> new LabelledPassage(
                        readings(example.example().teaching().input()),
                        numberByLabel.computeIfAbsent(
                                List.of(example.task().value(), example.label()), any -> numberByLabel.size()),
                        example.score().orElse(0)))
                .toList();
    }

    private static List<Passage> readings(Input input) {
        String text = input.text().value();
        return input.textPair()
                .map(pair -> List.of(Passage.of(text), Passage.of(pair.value()), Passage.joined(text, pair.value())))
                .orElseGet(() -> List.of(Passage.of(text)));
    }
}
