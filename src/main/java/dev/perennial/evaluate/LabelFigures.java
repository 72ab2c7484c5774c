// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.task.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * How well one label is told from the others.
 *
 * @param label its name
 * @param truths rows for which it is right
 * @param answered rows for which it was answered
 * @param right rows for which both are so
 */
public record LabelFigures(String label, long truths, long answered, long right) {

    /** Share of its answers that are right; NaN when it was never answered. */
    public double precision() {
        return (double) right / answered;
    }

    /** Share of its rows in which it was answered; NaN when it has none. */
    public double recall() {
        return (double) right / truths;
    }

    /** Harmonic mean of both. */
    public double f1() {
        return 2.0 * right / (truths + answered);
    }

    /** Of every label that is right or was answered somewhere, in the order of the names; none of scores. */
    public static List<LabelFigures> of(List<RowOutcome> outcomes) {
        Map<String, long[]> counts = new HashMap<>();
        for (RowOutcome row : outcomes) {
            List<String> truths = truths(row);
            List<String> answered = answered(row);
            truths.forEach(label -> counts(counts, label)[0]++);
            answered.forEach(label -> counts(counts, label)[1]++);
            truths.stream().filter(answered::contains).forEach(label -> counts(counts, label)[2]++);
        }
        List<LabelFigures> figures = new ArrayList<>();
        for (String label : new TreeSet<>(counts.keySet())) {
            long[] count = counts(counts, label);
            figures.add(new LabelFigures(label, count[0], count[1], count[2]));
        }
        return figures;
    }

    private static long[] counts(Map<String, long[]> counts, String label) {
        return counts.computeIfAbsent(label, any -> new long[3]);
    }

    private static List<String> truths(RowOutcome row) {
        if (row.truth() instanceof Answer.OneLabel one) {
            return List.of(one.label());
        }
        return row.truth() instanceof Answer.Labels many ? many.labels() : List.of();
    }

    private static List<String> answered(RowOutcome row) {
        return row.truth() instanceof Answer.OneLabel
                ? row.prediction().label().stream().toList()
                : row.prediction().labelSet();
    }
}
