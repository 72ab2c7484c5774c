// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.evaluate.AccuracyMatrix;
import dev.perennial.evaluate.LifelongMeasures;
import dev.perennial.evaluate.LifelongMeasures.References;
import dev.perennial.evaluate.SuiteAccuracy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What came of learning a stream once.
 *
 * @param measures of answers chosen among all labels that had come
 * @param amongOld of answers to a task chosen among the labels that had come when it was learnt: what is forgotten of
 *     these is not for the competition of newer labels
 */
record StreamReplay(LifelongMeasures measures, LifelongMeasures amongOld) {

    /**
     * Learns a stream and asks after every step.
     *
     * @param isAskedBefore whether a task can be asked before it is learnt
     */
    static StreamReplay of(StreamPupil pupil, int steps, boolean isAskedBefore) {
        Map<String, Double> untaught = new HashMap<>();
        for (int task = 1; task < steps && isAskedBefore; task++) {
            untaught.put(name(task), pupil.accuracy(task, task));
        }
        List<SuiteAccuracy> all = new ArrayList<>();
        List<SuiteAccuracy> old = new ArrayList<>();
        Map<String, Long> learntAt = new HashMap<>();
        for (int step = 0; step < steps; step++) {
            pupil.learn(step);
            learntAt.put(name(step), (long) step);
            for (int task = 0; task <= step; task++) {
                all.add(new SuiteAccuracy(step, name(task), pupil.accuracy(task, step)));
                old.add(new SuiteAccuracy(step, name(task), pupil.accuracy(task, task)));
            }
            if (isAskedBefore && step + 1 < steps) {
                all.add(new SuiteAccuracy(step, name(step + 1), pupil.accuracy(step + 1, step + 1)));
            }
        }
        References references = new References(untaught, OptionalDouble.empty());
        return new StreamReplay(
                LifelongMeasures.of(AccuracyMatrix.of(all, learntAt), references),
                LifelongMeasures.of(AccuracyMatrix.of(old), References.NONE));
    }

    /** Learns a stream and asks at its end alone: the mean accuracy over its tasks. */
    static double last(StreamPupil pupil, int steps) {
        for (int step = 0; step < steps; step++) {
            pupil.learn(step);
        }
        double sum = 0;
        for (int task = 0; task < steps; task++) {
            sum += pupil.accuracy(task, steps - 1);
        }
        return sum / steps;
    }

    private static String name(int task) {
        return String.format("task %02d", task);
    }

    /** Accuracy at the end, in [0, 1]. */
    double accuracy() {
        return measures.averageAccuracy().orElseThrow();
    }
}
