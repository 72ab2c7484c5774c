// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Figures of merit, each a pure function with its textbook definition. */
public final class Metrics {
    private Metrics() {}

    /** Share of positions where both arrays agree; NaN when empty. */
    public static double accuracy(int[] truth, int[] predicted) {
        requireEqualLength(truth.length, predicted.length);
        long right = IntStream.range(0, truth.length)
                .filter(i -> truth[i] == predicted[i])
                .count();
        return (double) right / truth.length;
    }

    /** Mean over the classes that occur in either array of the F1 score; a negative number is no class. */
    public static double macroF1(int[] truth, int[] predicted) {
        requireEqualLength(truth.length, predicted.length);
        return IntStream.concat(Arrays.stream(truth), Arrays.stream(predicted))
                .filter(label -> label >= 0)
                .distinct()
                .mapToDouble(label -> f1(truth, predicted, label))
                .average()
                .orElse(Double.NaN);
    }

    private static double f1(int[] truth, int[] predicted, int label) {
        int both = 0;
        int either = 0;
        for (int i = 0; i < truth.length; i++) {
            both += truth[i] == label && predicted[i] == label ? 1 : 0;
            either += (truth[i] == label ? 1 : 0) + (predicted[i] == label ? 1 : 0);
        }
        return 2.0 * both / either;
    }

    /** Matthews correlation of a two-class prediction; 0 when a marginal is empty. */
    public static double matthewsCorrelation(boolean[] truth, boolean[] predicted) {
        return matthewsCorrelation(numbers(truth), numbers(predicted));
    }

    /**
     * Matthews correlation of any number of classes, Gorodkin's (2004) {@code R_K}: {@code (n c - sum_k p_k t_k) /
     * sqrt((n^2 - sum_k p_k^2) (n^2 - sum_k t_k^2))} of {@code c} right ones; 0 when either array holds one class only.
     */
    public static double matthewsCorrelation(int[] truth, int[] predicted) {
        requireEqualLength(truth.length, predicted.length);
        Map<Integer, Long> truths = counts(truth);
        Map<Integer, Long> predictions = counts(predicted);
        double n = truth.length;
        double right = 0;
        for (int i = 0; i < truth.length; i++) {
            right += truth[i] == predicted[i] ? 1 : 0;
        }
        double together = truths.entrySet().stream()
                .mapToDouble(entry -> (double) entry.getValue() * predictions.getOrDefault(entry.getKey(), 0L))
                .sum();
        double scale = Math.sqrt((n * n - squares(predictions)) * (n * n - squares(truths)));
        return scale == 0 ? 0 : (n * right - together) / scale;
    }

    private static int[] numbers(boolean[] values) {
        return IntStream.range(0, values.length).map(i -> values[i] ? 1 : 0).toArray();
    }

    private static Map<Integer, Long> counts(int[] values) {
        return Arrays.stream(values).boxed().collect(Collectors.groupingBy(label -> label, Collectors.counting()));
    }

    private static double squares(Map<Integer, Long> counts) {
        return counts.values().stream()
                .mapToDouble(count -> (double) count * count)
                .sum();
    }

    /** Mean of {@code -log p} over the probabilities that were given to the truth; NaN when empty. */
    public static double negativeLogLikelihood(double[] probabilityOfTruth) {
        return Arrays.stream(probabilityOfTruth)
                .map(p -> -Math.log(Math.max(p, Double.MIN_NORMAL)))
                .average()
                .orElse(Double.NaN);
    }

    /**
     * Brier's (1950) score: mean over the rows of the squared distance between the probabilities and what is true.
     *
     * @param probabilities by row, then by class
     * @param truth by row, then by class: 1 where it applies, else 0
     */
    public static double brier(double[][] probabilities, double[][] truth) {
        requireEqualLength(probabilities.length, truth.length);
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            requireEqualLength(probabilities[i].length, truth[i].length);
            for (int c = 0; c < truth[i].length; c++) {
                double off = probabilities[i][c] - truth[i][c];
                sum += off * off;
            }
        }
        return sum / truth.length;
    }

    /** Mean distance of two arrays, place by place; NaN when empty. */
    public static double meanAbsoluteError(double[] truth, double[] predicted) {
        requireEqualLength(truth.length, predicted.length);
        return IntStream.range(0, truth.length)
                .mapToDouble(i -> Math.abs(truth[i] - predicted[i]))
                .average()
                .orElse(Double.NaN);
    }

    /**
     * Expected calibration error over bins of equal mass: {@code sum_b n_b/n |accuracy_b - mean confidence_b|}.
     *
     * @param confidence probability given to the predicted label
     * @param right whether it was the true one
     */
    public static double calibrationError(double[] confidence, boolean[] right, int bins) {
        double error = 0;
        for (Bin bin : reliability(confidence, right, bins)) {
            error += Math.abs(bin.accuracy() - bin.confidence()) * bin.count() / confidence.length;
        }
        return error;
    }

    /**
     * Answers of like probability.
     *
     * @param count how many
     * @param confidence mean probability of the predicted label
     * @param accuracy share in which it was the true one
     */
    public record Bin(int count, double confidence, double accuracy) {}

    /**
     * The reliability diagram: bins of equal mass in the order of their confidence, without those that are empty.
     * Answers of equal confidence share what is right among them evenly, so that the order of the rows does not matter.
     */
    public static List<Bin> reliability(double[] confidence, boolean[] right, int bins) {
        requireEqualLength(confidence.length, right.length);
        int n = confidence.length;
        int[] order = ascending(confidence);
        double[] expected = expectedHits(order, confidence, right);
        List<Bin> filled = new ArrayList<>();
        for (int bin = 0; bin < bins; bin++) {
            int from = (int) ((long) n * bin / bins);
            int to = (int) ((long) n * (bin + 1) / bins);
            double sum = 0;
            double hits = 0;
            for (int i = from; i < to; i++) {
                sum += confidence[order[i]];
                hits += expected[i];
            }
            if (to > from) {
                filled.add(new Bin(to - from, sum / (to - from), hits / (to - from)));
            }
        }
        return filled;
    }

    /** By place in the order, the share of right ones among the answers of that confidence. */
    private static double[] expectedHits(int[] order, double[] confidence, boolean[] right) {
        double[] expected = new double[order.length];
        for (int from = 0; from < order.length; ) {
            int to = from;
            double hits = 0;
            while (to < order.length && (to == from || confidence[order[to]] == confidence[order[from]])) {
                hits += right[order[to]] ? 1 : 0;
                to++;
            }
            Arrays.fill(expected, from, to, hits / (to - from));
            from = to;
        }
        return expected;
    }

    /** Probability that a positive has a higher score than a negative, ties counted half. */
    public static double areaUnderRoc(double[] positives, double[] negatives) {
        double[] all = Arrays.copyOf(positives, positives.length + negatives.length);
        System.arraycopy(negatives, 0, all, positives.length, negatives.length);
        double[] ranks = ranks(all);
        double sum = 0;
        for (int i = 0; i < positives.length; i++) {
            sum += ranks[i];
        }
        double least = positives.length * (positives.length + 1.0) / 2;
        return (sum - least) / ((double) positives.length * negatives.length);
    }

    /** Pearson's correlation; NaN when a side is constant. */
    public static double pearson(double[] a, double[] b) {
        requireEqualLength(a.length, b.length);
        if (isConstant(a) || isConstant(b)) {
            return Double.NaN;
        }
        double meanA = Arrays.stream(a).average().orElse(Double.NaN);
        double meanB = Arrays.stream(b).average().orElse(Double.NaN);
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }
        return ab / Math.sqrt(aa * bb);
    }

    /** Told by the values, since their mean may be off by rounding, so that something seems to be left of them. */
    private static boolean isConstant(double[] values) {
        return Arrays.stream(values).allMatch(value -> value == values[0]);
    }

    /** Spearman's rank correlation, ties at their mean rank. */
    public static double spearman(double[] a, double[] b) {
        return pearson(ranks(a), ranks(b));
    }

    /** Ranks from 1, ties at their mean rank. */
    public static double[] ranks(double[] values) {
        int[] order = ascending(values);
        double[] ranks = new double[values.length];
        for (int from = 0; from < order.length; ) {
            int to = from + 1;
            while (to < order.length && values[order[to]] == values[order[from]]) {
                to++;
            }
            for (int i = from; i < to; i++) {
                ranks[order[i]] = (from + 1 + to) / 2.0;
            }
            from = to;
        }
        return ranks;
    }

    static int[] ascending(double[] values) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    static void requireEqualLength(int a, int b) {
        if (a != b) {
            throw new IllegalArgumentException("lengths differ: " + a + " and " + b);
        }
    }
}
