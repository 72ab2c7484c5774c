// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.evaluate.AccuracyMatrix.Column;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What a stream of learning came to, by the definitions of Lopez-Paz and Ranzato (2017), Chaudhry et al. (2018) and
 * Rebuffi et al. (2017) for an {@link AccuracyMatrix} a. Below, n is the number of steps, {@code l_j} the step at which
 * task j was learnt, and means are over the tasks or steps for which all that they need is there; a measure of no such
 * task is empty. With one task learnt at each step these are the textbook forms. Immutable.
 *
 * @param averageAccuracy {@code mean_j a(n-1, j)}
 * @param forgetting {@code mean_j (max_{l_j <= i < n-1} a(i, j) - a(n-1, j))} over the tasks learnt before the last
 *     step: 0 is best, below 0 what was learnt later has helped everywhere
 * @param newAccuracy {@code mean_j a(l_j, j)}: how well a task is answered when it has just been learnt
 * @param backwardTransfer {@code mean_j (a(n-1, j) - a(l_j, j))} over the tasks learnt before the last step: below 0 is
 *     forgetting
 * @param forwardTransfer {@code mean_j (a(l_j - 1, j) - b_j)} over the tasks not learnt at the first step, where b_j is
 *     the accuracy on task j of a system that has learnt nothing
 * @param averageIncrementalAccuracy {@code mean_i A_i} with {@code A_i = mean_{l_j <= i} a(i, j)}. Where tasks differ
 *     in size this is not the share of right answers over all questions of the tasks
 * @param jointGap accuracy of learning everything at once, less {@code averageAccuracy}: above 0, the stream has cost
 *     accuracy
 */
public record LifelongMeasures(
        OptionalDouble averageAccuracy,
        OptionalDouble forgetting,
        OptionalDouble newAccuracy,
        OptionalDouble backwardTransfer,
        OptionalDouble forwardTransfer,
        OptionalDouble averageIncrementalAccuracy,
        OptionalDouble jointGap) {

    /**
     * What a stream is compared with.
     *
     * @param untaught by task, its accuracy when nothing at all was learnt; without it, a task has no forward transfer
     * @param joint mean accuracy over the tasks when everything was learnt at once
     */
    public record References(Map<String, Double> untaught, OptionalDouble joint) {
        /** Nothing to compare with. */
        public static final References NONE = new References(Map.of(), OptionalDouble.empty());

        public References {
            untaught = Map.copyOf(untaught);
        }

        private OptionalDouble untaught(String task) {
            Double accuracy = untaught.get(task);
            return accuracy == null ? OptionalDouble.empty() : OptionalDouble.of(accuracy);
        }
    }

    /** The measures of a matrix. */
    public static LifelongMeasures of(AccuracyMatrix matrix, References references) {
        int last = matrix.steps().size() - 1;
        List<Column> all = matrix.columns();
        List<Column> earlier =
                all.stream().filter(column -> column.learntAt() < last).toList();
        List<Column> later =
                all.stream().filter(column -> column.learntAt() > 0).toList();
        OptionalDouble average = mean(all, column -> column.after(last));
        return new LifelongMeasures(
                average,
                mean(earlier, column -> difference(best(column, last), column.after(last))),
                mean(all, column -> column.after(column.learntAt())),
                mean(earlier, column -> difference(column.after(last), column.after(column.learntAt()))),
                mean(
                        later,
                        column -> difference(column.after(column.learntAt() - 1), references.untaught(column.task()))),
                IntStream.rangeClosed(0, last)
                        .mapToObj(matrix::meanAfter)
                        .flatMapToDouble(OptionalDouble::stream)
                        .average(),
                difference(references.joint(), average));
    }

    private static OptionalDouble best(Column column, int last) {
        return column.accuracies().subList(column.learntAt(), last).stream()
                .flatMapToDouble(OptionalDouble::stream)
                .max();
    }

    private static OptionalDouble mean(List<Column> columns, Function<Column, OptionalDouble> measure) {
        return columns.stream()
                .map(measure)
                .flatMapToDouble(OptionalDouble::stream)
                .average();
    }

    private static OptionalDouble difference(OptionalDouble from, OptionalDouble what) {
        return from.isPresent() && what.isPresent()
                ? OptionalDouble.of(from.getAsDouble() - what.getAsDouble())
                : OptionalDouble.empty();
    }
}
