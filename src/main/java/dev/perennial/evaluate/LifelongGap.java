// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.ensemble.Combination;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Part;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How what serves a task, which was learnt step by step, differs from what comes of learning everything that is stored
 * of the task at once.
 *
 * @param task whose suite both were asked
 * @param revision that serves
 * @param rows of the suite
 * @param accuracy mean of how right the answers of what serves are
 * @param jointAccuracy the same of what was learnt at once
 * @param differently rows that both answer differently, right or wrong
 * @param parameterGap length of the difference of all fitted numbers, as a share of the length of those that were
 *     learnt at once; empty where both have not the same heads
 * @param same whether everything that decides an answer is equal
 */
public record LifelongGap(
        TaskId task,
        RevisionId revision,
        long rows,
        double accuracy,
        double jointAccuracy,
        long differently,
        OptionalDouble parameterGap,
        boolean same) {

    /** Above 0, learning in steps has cost accuracy. */
    public double jointGap() {
        return jointAccuracy - accuracy;
    }

    static LifelongGap of(Paired<Ensemble> ensembles, Paired<List<RowOutcome>> outcomes) {
        Ensemble serving = ensembles.serving();
        Ensemble joint = ensembles.candidate();
        long differently = 0;
        for (int i = 0; i < outcomes.serving().size(); i++) {
            RowOutcome first = outcomes.serving().get(i);
            RowOutcome second = outcomes.candidate().get(i);
            boolean same = first.prediction().label().equals(second.prediction().label())
                    && first.prediction().labelSet().equals(second.prediction().labelSet())
                    && first.prediction().score().equals(second.prediction().score());
            differently += same ? 0 : 1;
        }
        return new LifelongGap(
                serving.task().id(),
                serving.answerRevision(),
                outcomes.serving().size(),
                Figures.accuracy(outcomes.serving()),
                Figures.accuracy(outcomes.candidate()),
                differently,
                parameterGap(serving, joint),
                serving.digest().equals(joint.digest()));
    }

    private static OptionalDouble parameterGap(Ensemble serving, Ensemble joint) {
        if (!shape(serving).equals(shape(joint))) {
            return OptionalDouble.empty();
        }
        List<double[]> first = numbers(serving);
        List<double[]> second = numbers(joint);
        double squares = 0;
        double length = 0;
        for (int block = 0; block < first.size(); block++) {
            for (int i = 0; i < first.get(block).length; i++) {
                double difference = first.get(block)[i] - second.get(block)[i];
                squares += difference * difference;
                length += second.get(block)[i] * second.get(block)[i];
            }
        }
        return squares == 0 ? OptionalDouble.of(0) : OptionalDouble.of(Math.sqrt(squares / length));
    }

    /** What has to be equal so that numbers mean the same. */
    private static List<String> shape(Ensemble ensemble) {
        List<String> shape = new ArrayList<>(ensemble.labels());
        for (Combination combination : combinations(ensemble)) {
            for (Part part : combination.parts()) {
                shape.add(part.name() + " " + part.head().getClass().getSimpleName() + " "
                        + part.head().fitted().rows() + " "
                        + part.head().fitted().columns());
            }
        }
        return shape;
    }

    private static List<double[]> numbers(Ensemble ensemble) {
        List<double[]> numbers = new ArrayList<>();
        for (Combination combination : combinations(ensemble)) {
            for (Part part : combination.parts()) {
                numbers.add(part.head().fitted().data());
                numbers.add(new double[] {part.link().slope(), part.link().offset(), part.weight()});
            }
            numbers.add(new double[] {combination.power()});
        }
        return numbers;
    }

    private static List<Combination> combinations(Ensemble ensemble) {
        List<Combination> all = new ArrayList<>(ensemble.voices().firsts());
        all.add(ensemble.voices().full());
        return all;
    }
}
