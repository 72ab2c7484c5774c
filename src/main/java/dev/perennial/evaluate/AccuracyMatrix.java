// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/**
 * The accuracy a(i, j) on task j after learning step i, both counted from 0. An entry is missing where the task did not
 * exist or was not asked. Immutable.
 *
 * <p>In the textbook case every step learns one new task, so that the matrix is square and the task of column j is
 * learnt at step j. Here a task may be learnt at any step, several at one, and some steps may bring no new task.
 *
 * @param steps the numbers of the steps, ascending
 * @param columns one for each task
 */
public record AccuracyMatrix(List<Long> steps, List<Column> columns) {

    /**
     * One task.
     *
     * @param task its name
     * @param learntAt at which of the steps, counted from 0, it was first learnt
     * @param accuracies after each step; those before {@code learntAt} are of a task that was defined and not yet
     *     learnt
     */
    public record Column(String task, int learntAt, List<OptionalDouble> accuracies) {
        public Column {
            accuracies = List.copyOf(accuracies);
            Objects.checkIndex(learntAt, accuracies.size());
        }

        /** The accuracy after a step. */
        public OptionalDouble after(int step) {
            return accuracies.get(step);
        }

        private Column carriedForward() {
            List<OptionalDouble> filled = new ArrayList<>();
            OptionalDouble last = OptionalDouble.empty();
            for (OptionalDouble accuracy : accuracies) {
                last = accuracy.isPresent() ? accuracy : last;
                filled.add(last);
            }
            return new Column(task, learntAt, filled);
        }
    }

    public AccuracyMatrix {
        steps = List.copyOf(steps);
        columns = List.copyOf(columns);
        requireAscending(steps);
        Set<String> tasks = new HashSet<>();
        for (Column column : columns) {
            if (column.accuracies().size() != steps.size() || !tasks.add(column.task())) {
                throw new IllegalArgumentException("each task has one column, and each column one place a step");
            }
        }
    }

    private static void requireAscending(List<Long> steps) {
        for (int i = 1; i < steps.size(); i++) {
            if (steps.get(i) <= steps.get(i - 1)) {
                throw new IllegalArgumentException("steps ascend");
            }
        }
    }

    /**
     * The matrix of what was recorded, in any order. A task counts as learnt at the first step with a record of it, and
     * tasks come in the order in which they were learnt, then by name. Of two records of one step and task the later
     * one in the collection counts.
     */
    public static AccuracyMatrix of(Collection<SuiteAccuracy> records) {
        return of(records, Map.of());
    }

    /**
     * The same where some tasks were asked before they were learnt.
     *
     * @param learntAt by task, the number of the step at which it was first learnt; tasks that are not in it are taken
     *     as learnt at the first step with a record of them
     */
    public static AccuracyMatrix of(Collection<SuiteAccuracy> records, Map<String, Long> learntAt) {
        TreeSet<Long> numbers = new TreeSet<>();
        Map<String, Map<Long, Double>> byTask = new LinkedHashMap<>();
        for (SuiteAccuracy each : records) {
            numbers.add(each.step());
            byTask.computeIfAbsent(each.task(), task -> new LinkedHashMap<>()).put(each.step(), each.accuracy());
        }
        byTask.keySet()
                .forEach(task -> numbers.addAll(
                        learntAt.containsKey(task) ? List.of(Objects.requireNonNull(learntAt.get(task))) : List.of()));
        List<Long> steps = List.copyOf(numbers);
        List<Column> columns = new ArrayList<>();
        byTask.forEach((task, accuracies) -> {
            long first = accuracies.keySet().stream()
                    .mapToLong(Long::longValue)
                    .min()
                    .orElseThrow();
            columns.add(new Column(task, steps.indexOf(learntAt.getOrDefault(task, first)), row(steps, accuracies)));
        });
        columns.sort((a, b) -> a.learntAt() != b.learntAt()
                ? Integer.compare(a.learntAt(), b.learntAt())
                : a.task().compareTo(b.task()));
        return new AccuracyMatrix(steps, columns);
    }

    private static List<OptionalDouble> row(List<Long> steps, Map<Long, Double> accuracies) {
        return steps.stream()
                .map(step -> accuracies.containsKey(step)
                        ? OptionalDouble.of(Objects.requireNonNull(accuracies.get(step)))
                        : OptionalDouble.empty())
                .toList();
    }

    /**
     * The same with the last known accuracy of a task wherever it was not asked again. Right only where such a step
     * cannot have changed the task's answers, as when another task was taught.
     */
    public AccuracyMatrix carriedForward() {
        return new AccuracyMatrix(
                steps, columns.stream().map(Column::carriedForward).toList());
    }

    /** {@code A_i}: the mean after a step over the tasks learnt by then; empty when none of them was asked. */
    public OptionalDouble meanAfter(int step) {
        return columns.stream()
                .filter(column -> column.learntAt() <= step)
                .map(column -> column.after(step))
                .flatMapToDouble(OptionalDouble::stream)
                .average();
    }
}
