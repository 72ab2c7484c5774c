// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Data sets that come one a step, each a task of its own that questions name. */
final class TaskStream {
    /**
     * One of them.
     *
     * @param labels that its examples have; a question may have another one
     */
    record OneSet(DataSet set, List<Teaching> train, List<Teaching> test, List<String> labels) {
        static OneSet of(DataSet set, List<Teaching> train, List<Teaching> test) {
            List<String> labels = List.copyOf(
                    new TreeSet<>(train.stream().map(ClassStream::label).toList()));
            return new OneSet(set, train, test, labels);
        }

        TaskId id() {
            return new TaskId(set.name());
        }

        /** The task as it is defined before the first example: its labels have names and nothing else. */
        Task task(String instruction) {
            List<Label> named =
                    labels.stream().map(label -> new Label(label, "")).toList();
            return new Task(id(), set.kind(), set.input(), instruction, named, Optional.empty(), Policy.DEFAULT);
        }
    }

    private final List<OneSet> sets;

    /** @param sets in the order in which they come */
    TaskStream(List<OneSet> sets) {
        this.sets = List.copyOf(sets);
    }

    List<OneSet> sets() {
        return sets;
    }

    int labels() {
        return sets.stream().mapToInt(each -> each.labels().size()).sum();
    }

    /** The same as the compared methods see it: a question is answered over the labels of its task. */
    LearnerPupil.Stream seenBy(Map<String, Seen> seenBySet) {
        List<List<StreamRow>> train = new ArrayList<>();
        List<List<StreamRow>> test = new ArrayList<>();
        List<Choices> choices = new ArrayList<>();
        int from = 0;
        for (OneSet each : sets) {
            Seen seen = seenBySet.get(each.set().name());
            train.add(rows(each, each.train(), seen.train(), new Place(train.size(), from)));
            test.add(rows(each, each.test(), seen.test(), new Place(test.size(), from)));
            choices.add(new Choices(from, from + each.labels().size()));
            from += each.labels().size();
        }
        return new LearnerPupil.Stream(train, test, (task, known) -> choices.get(task));
    }

    /** Features of a set's rows. */
    record Seen(List<float[]> train, List<float[]> test) {
        static Map<String, Seen> of(List<OneSet> sets, StreamFeatures features) {
            Map<String, Seen> bySet = new HashMap<>();
            for (OneSet each : sets) {
                InputKind kind = each.set().input();
                bySet.put(
                        each.set().name(),
                        new Seen(features.of(kind, inputs(each.train())), features.of(kind, inputs(each.test()))));
            }
            return bySet;
        }

        private static List<Input> inputs(List<Teaching> rows) {
            return rows.stream().map(Teaching::input).toList();
        }
    }

    private record Place(int task, int from) {}

    private static List<StreamRow> rows(OneSet set, List<Teaching> rows, List<float[]> features, Place place) {
        List<StreamRow> all = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            int label = set.labels().indexOf(ClassStream.label(rows.get(i)));
            // Of a label that was never taught there is no right answer.
            all.add(new StreamRow(features.get(i), label < 0 ? -1 : place.from() + label, place.task()));
        }
        return all;
    }
}
