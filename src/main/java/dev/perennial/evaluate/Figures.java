// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.ensemble.LabelProbability;
import dev.perennial.evaluate.RiskCoverage.Point;
import dev.perennial.evaluate.Significance.Interval;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * How good answers are. A figure that says nothing about a kind of task is NaN.
 *
 * @param accuracy mean of how right the answers are: for classification the share of right ones
 * @param interval where it lies with 95 % confidence, by the bootstrap
 * @param exact share of the answers with which nothing is wrong; NaN for regression
 * @param macroF1 mean over the labels
 * @param mcc Matthews correlation; of several labels, over all pairs of row and label
 * @param spearman rank correlation of scores
 * @param pearson correlation of scores
 * @param meanAbsoluteError mean distance of scores
 * @param ece calibration error over 15 bins of equal mass
 * @param nll mean negative log-likelihood of the truth; of several labels, over all pairs of row and label
 * @param brier Brier's score
 * @param aurc area under the risk-coverage curve
 * @param coverage share of the label sets that hold the truth; only classification has such sets
 * @param worstCoverage the same of the label with the least
 * @param setSize mean number of labels in a set
 * @param abstention share of the rows that were not answered
 * @param cost mean cost of an answer by the task's policy
 * @param reliability the reliability diagram
 * @param curve the risk-coverage curve
 */
public record Figures(
        double accuracy,
        Interval interval,
        double exact,
        double macroF1,
        double mcc,
        double spearman,
        double pearson,
        double meanAbsoluteError,
        double ece,
        double nll,
        double brier,
        double aurc,
        double coverage,
        double worstCoverage,
        double setSize,
        double abstention,
        double cost,
        List<Metrics.Bin> reliability,
        List<Point> curve) {
    private static final int BINS = 15;
    private static final double NONE = Double.NaN;

    public Figures {
        reliability = List.copyOf(reliability);
        curve = List.copyOf(curve);
    }

    /**
     * The figures of some answers.
     *
     * @param seed of the bootstrap's draws
     */
    public static Figures of(Task task, List<RowOutcome> outcomes, long seed) {
        return switch (task.kind()) {
            case CLASSIFICATION -> ofOneLabel(outcomes, seed);
            case MULTILABEL -> ofLabels(outcomes, seed);
            case REGRESSION -> ofScores(outcomes, seed, task.scoreRange().orElseThrow());
        };
    }

    private static Figures ofOneLabel(List<RowOutcome> outcomes, long seed) {
        List<String> truths =
                outcomes.stream().map(row -> RowOutcome.label(row.truth())).toList();
        List<List<String>> sets =
                outcomes.stream().map(row -> row.prediction().labelSet()).toList();
        Map<String, Integer> numbers = numbers(outcomes);
        int[] truth = truths.stream().mapToInt(label -> number(numbers, label)).toArray();
        int[] answered = outcomes.stream()
                .mapToInt(row -> row.prediction()
                        .label()
                        .map(label -> number(numbers, label))
                        .orElse(-1))
                .toArray();
        double[] confidence = outcomes.stream()
                .mapToDouble(row -> row.prediction().probability().orElse(0))
                .toArray();
        boolean[] said = new boolean[truth.length];
        for (int i = 0; i < said.length; i++) {
            said[i] = outcomes.get(i).said().filter(truths.get(i)::equals).isPresent();
        }
        List<Point> curve = RiskCoverage.curve(confidence, said);
        double[] ofTruth = outcomes.stream()
                .mapToDouble(row -> row.probability(RowOutcome.label(row.truth())))
                .toArray();
        return new Figures(
                accuracy(outcomes),
                interval(outcomes, seed),
                exact(outcomes),
                Metrics.macroF1(truth, answered),
                Metrics.matthewsCorrelation(truth, answered),
                NONE,
                NONE,
                NONE,
                Metrics.calibrationError(confidence, said, BINS),
                Metrics.negativeLogLikelihood(ofTruth),
                Metrics.brier(probabilities(outcomes, numbers), oneHot(truth, numbers.size())),
                RiskCoverage.area(curve),
                LabelSets.coverage(truths, sets),
                LabelSets.worstCoverage(truths, sets),
                LabelSets.meanSize(sets),
                mean(outcomes.stream()
                        .mapToDouble(row -> row.prediction().abstained() ? 1 : 0)
                        .toArray()),
                mean(outcomes.stream().mapToDouble(RowOutcome::cost).toArray()),
                Metrics.reliability(confidence, said, BINS),
                curve);
    }

    private static Figures ofLabels(List<RowOutcome> outcomes, long seed) {
        Map<String, Integer> numbers = numbers(outcomes);
        int labels = numbers.size();
        boolean[] truth = new boolean[outcomes.size() * labels];
        boolean[] answered = new boolean[truth.length];
        double[] sure = new double[outcomes.size()];
        boolean[] exact = new boolean[outcomes.size()];
        double[][] p = probabilities(outcomes, numbers);
        double[] ofTruth = new double[truth.length];
        for (int i = 0; i < outcomes.size(); i++) {
            RowOutcome row = outcomes.get(i);
            int from = i * labels;
            RowOutcome.labels(row.truth()).forEach(label -> truth[from + number(numbers, label)] = true);
            row.prediction().labelSet().forEach(label -> answered[from + number(numbers, label)] = true);
            sure[i] =
                    Arrays.stream(p[i]).map(one -> Math.max(one, 1 - one)).min().orElse(0);
            exact[i] = row.isRight();
            for (int c = 0; c < labels; c++) {
                ofTruth[from + c] = truth[from + c] ? p[i][c] : 1 - p[i][c];
            }
        }
        double[] flat = Arrays.stream(p).flatMapToDouble(Arrays::stream).toArray();
        List<Point> curve = RiskCoverage.curve(sure, exact);
        return new Figures(
                accuracy(outcomes),
                interval(outcomes, seed),
                exact(outcomes),
                LabelFigures.of(outcomes).stream()
                        .mapToDouble(LabelFigures::f1)
                        .average()
                        .orElse(NONE),
                Metrics.matthewsCorrelation(truth, answered),
                NONE,
                NONE,
                NONE,
                Metrics.calibrationError(flat, truth, BINS),
                Metrics.negativeLogLikelihood(ofTruth),
                Metrics.brier(p, rows(truth, p)),
                RiskCoverage.area(curve),
                NONE,
                NONE,
                LabelSets.meanSize(outcomes.stream()
                        .map(row -> row.prediction().labelSet())
                        .toList()),
                NONE,
                NONE,
                Metrics.reliability(flat, truth, BINS),
                curve);
    }

    private static Figures ofScores(List<RowOutcome> outcomes, long seed, ScoreRange range) {
        double[] truth = outcomes.stream()
                .mapToDouble(row -> range.clamp(RowOutcome.score(row.truth())))
                .toArray();
        double[] answered = outcomes.stream()
                .mapToDouble(row -> row.prediction().score().orElseThrow())
                .toArray();
        return new Figures(
                accuracy(outcomes),
                interval(outcomes, seed),
                NONE,
                NONE,
                NONE,
                Metrics.spearman(truth, answered),
                Metrics.pearson(truth, answered),
                Metrics.meanAbsoluteError(truth, answered),
                NONE,
                NONE,
                NONE,
                NONE,
                NONE,
                NONE,
                NONE,
                NONE,
                NONE,
                List.of(),
                List.of());
    }

    /** The mean over the rows of how right they are; NaN when there is none. */
    static double accuracy(List<RowOutcome> outcomes) {
        return mean(outcomes.stream().mapToDouble(RowOutcome::right).toArray());
    }

    private static double exact(List<RowOutcome> outcomes) {
        return mean(outcomes.stream().mapToDouble(row -> row.isRight() ? 1 : 0).toArray());
    }

    private static Interval interval(List<RowOutcome> outcomes, long seed) {
        return Significance.bootstrap(
                outcomes.stream().mapToDouble(RowOutcome::right).toArray(), seed);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    /** Every label that is right somewhere or was given a probability, with its number. */
    static Map<String, Integer> numbers(List<RowOutcome> outcomes) {
        TreeSet<String> names = new TreeSet<>();
        for (RowOutcome row : outcomes) {
            row.truth().addLabelsTo(names);
            row.prediction().labels().forEach(one -> names.add(one.label()));
            row.prediction().label().ifPresent(names::add);
        }
        Map<String, Integer> numbers = new HashMap<>();
        names.forEach(name -> numbers.put(name, numbers.size()));
        return numbers;
    }

    private static int number(Map<String, Integer> numbers, String label) {
        return numbers.getOrDefault(label, -1);
    }

    private static double[][] probabilities(List<RowOutcome> outcomes, Map<String, Integer> numbers) {
        double[][] all = new double[outcomes.size()][numbers.size()];
        for (int i = 0; i < all.length; i++) {
            for (LabelProbability one : outcomes.get(i).prediction().labels()) {
                all[i][number(numbers, one.label())] = one.probability();
            }
        }
        return all;
    }

    private static double[][] oneHot(int[] truth, int labels) {
        double[][] all = new double[truth.length][labels];
        for (int i = 0; i < truth.length; i++) {
            all[i][truth[i]] = 1;
        }
        return all;
    }

    /** The same as rows of the shape of others. */
    private static double[][] rows(boolean[] flat, double[][] shape) {
        double[][] all = new double[shape.length][];
        for (int i = 0; i < all.length; i++) {
            all[i] = new double[shape[i].length];
            for (int c = 0; c < all[i].length; c++) {
                all[i][c] = flat[i * all[i].length + c] ? 1 : 0;
            }
        }
        return all;
    }
}
