// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Teaching;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A data set whose labels come some at a step, in a seeded order. The labels of one step are a task here; its questions
 * are answered over all labels that have come.
 */
final class ClassStream {
    private final List<String> labels;
    private final int aStep;
    private final List<List<Teaching>> train = new ArrayList<>();
    private final List<List<Teaching>> test = new ArrayList<>();

    /** @param aStep labels that come at a step; as few as are left at the last one */
    ClassStream(List<Teaching> train, List<Teaching> test, int aStep, long seed) {
        this.labels = new ArrayList<>(
                new TreeSet<>(train.stream().map(ClassStream::label).toList()));
        Collections.shuffle(labels, new Random(seed));
        this.aStep = aStep;
        Map<String, Integer> numbers = new HashMap<>();
        labels.forEach(label -> numbers.put(label, numbers.size()));
        for (int step = 0; step * aStep < labels.size(); step++) {
            int task = step;
            this.train.add(of(train, numbers, task));
            this.test.add(of(test, numbers, task));
        }
    }

    private List<Teaching> of(List<Teaching> rows, Map<String, Integer> numbers, int task) {
        return rows.stream()
                .filter(row -> numbers.get(label(row)) / aStep == task)
                .toList();
    }

    static String label(Teaching teaching) {
        return ((Answer.OneLabel) teaching.answer()).label();
    }

    int steps() {
        return train.size();
    }

    /** What is taught, by step. */
    List<List<Teaching>> train() {
        return train;
    }

    /** What is asked, by task. */
    List<List<Teaching>> test() {
        return test;
    }

    /** The labels that have come at each step. */
    List<Set<String>> known() {
        return Stream.iterate(0, step -> step + 1)
                .limit(steps())
                .map(step -> (Set<String>)
                        new LinkedHashSet<>(labels.subList(0, Math.min(labels.size(), (step + 1) * aStep))))
                .toList();
    }

    /** The same as the compared methods see it. */
    LearnerPupil.Stream seenBy(StreamFeatures features) {
        return new LearnerPupil.Stream(
                rows(train, features),
                rows(test, features),
                (task, known) -> new Choices(0, Math.min(labels.size(), (known + 1) * aStep)));
    }

    private List<List<StreamRow>> rows(List<List<Teaching>> byTask, StreamFeatures features) {
        List<List<StreamRow>> all = new ArrayList<>();
        for (List<Teaching> ofTask : byTask) {
            List<Input> inputs = ofTask.stream().map(Teaching::input).toList();
            List<float[]> vectors = features.of(InputKind.TEXT, inputs);
            List<StreamRow> rows = new ArrayList<>();
            for (int i = 0; i < ofTask.size(); i++) {
                rows.add(new StreamRow(vectors.get(i), labels.indexOf(label(ofTask.get(i))), all.size()));
            }
            all.add(rows);
        }
        return all;
    }
}
