// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.evaluate.LifelongMeasures.References;
import dev.perennial.evaluate.SuiteAccuracyStore.Past;
import dev.perennial.evaluate.SuiteAccuracyStore.Step;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the service has learnt over its latest steps, and what it has forgotten of it. Immutable.
 *
 * @param steps oldest first
 * @param matrix the accuracies after these steps, carried forward where another task's answers changed. A task that was
 *     asked before them begins with what it had then, as if learnt at the first of them
 * @param measures over these steps. Forward transfer is how much better a task was answered just before its first
 *     example than when it was first asked; tasks that were never asked without examples have none
 */
public record LifelongReport(List<Step> steps, AccuracyMatrix matrix, LifelongMeasures measures) {
    public LifelongReport {
        steps = List.copyOf(steps);
    }

    /**
     * Reads it.
     *
     * @param tasks its columns, as far as they were asked
     * @param most how many steps
     */
    public static LifelongReport of(SuiteAccuracyStore store, Collection<TaskId> tasks, int most) {
        List<Step> steps = store.latest(tasks, most);
        List<SuiteAccuracy> accuracies = new ArrayList<>();
        Map<String, Long> learntAt = new HashMap<>();
        Map<String, Double> untaught = new HashMap<>();
        for (TaskId task : steps.isEmpty() ? List.<TaskId>of() : tasks) {
            long begin = steps.get(0).number();
            long end = steps.get(steps.size() - 1).number();
            Past past = store.past(task, begin);
            past.before()
                    .ifPresent(before -> accuracies.add(new SuiteAccuracy(
                            begin, task.value(), before.asked().accuracy())));
            // A later one was recorded since the steps were read.
            past.taught()
                    .filter(taught -> taught.number() <= end)
                    .ifPresent(taught -> learntAt.put(task.value(), Math.max(begin, taught.number())));
            past.first()
                    .filter(first -> first.asked().examples() == 0)
                    .ifPresent(first -> untaught.put(task.value(), first.asked().accuracy()));
        }
        // Of two records of one step and task the later one counts, which is that of the step itself.
        steps.forEach(step -> accuracies.add(new SuiteAccuracy(
                step.number(), step.asked().task().value(), step.asked().accuracy())));
        AccuracyMatrix matrix = AccuracyMatrix.of(accuracies, learntAt).carriedForward();
        References references = new References(untaught, OptionalDouble.empty());
        return new LifelongReport(steps, matrix, LifelongMeasures.of(matrix, references));
    }
}
