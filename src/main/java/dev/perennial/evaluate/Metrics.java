// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import java.util.Arrays;
import java.util.Comparator;
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

    /** Mean over the classes that occur in either array of the F1 score. */
    public static double macroF1(int[] truth, int[] predicted) {
        requireEqualLength(truth.length, predicted.length);
        return IntStream.concat(Arrays.stream(truth), Arrays.stream(predicted))
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
        requireEqualLength(truth.length, predicted.length);
        double tp = 0;
        double tn = 0;
        double fp = 0;
        double fn = 0;
        for (int i = 0; i < truth.length; i++) {
            tp += truth[i] && predicted[i] ? 1 : 0;
            tn += !truth[i] && !predicted[i] ? 1 : 0;
            fp += !truth[i] && predicted[i] ? 1 : 0;
            fn += truth[i] && !predicted[i] ? 1 : 0;
        }
        double scale = Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
        return scale == 0 ? 0 : (tp * tn - fp * fn) / scale;
    }

    /**
     * Expected calibration error over bins of equal mass: {@code sum_b n_b/n |accuracy_b - mean confidence_b|}.
     *
     * @param confidence probability given to the predicted label
     * @param right whether it was the true one
     */
    public static double calibrationError(double[] confidence, boolean[] right, int bins) {
        requireEqualLength(confidence.length, right.length);
        int n = confidence.length;
        int[] order = ascending(confidence);
        double error = 0;
        for (int bin = 0; bin < bins; bin++) {
            int from = (int) ((long) n * bin / bins);
            int to = (int) ((long) n * (bin + 1) / bins);
            double gap = 0;
            for (int i = from; i < to; i++) {
                gap += (right[order[i]] ? 1 : 0) - confidence[order[i]];
            }
            error += Math.abs(gap) / n;
        }
        return error;
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

    private static int[] ascending(double[] values) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static void requireEqualLength(int a, int b) {
        if (a != b) {
            throw new IllegalArgumentException("lengths differ: " + a + " and " + b);
        }
    }
}
