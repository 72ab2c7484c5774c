// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** Whether two ways to answer the same questions differ by more than chance makes likely. */
public final class Significance {
    /** What differs by less differs by rounding. */
    private static final double EQUAL = 1e-9;

    /** Draws of a bootstrap, and the share of them that lies outside its interval at either end. */
    private static final int DRAWS = 2000;

    private static final double TAIL = 0.025;

    /** Draws for a figure that takes longer than a mean. */
    private static final int FEWER_DRAWS = 400;

    private Significance() {}

    /**
     * The exact test of McNemar (1947): how likely so uneven a split of the questions that only one of two answers
     * right is, if both were equally good.
     *
     * @param onlyFirst questions that only the first answers right
     * @param onlySecond questions that only the second answers right
     * @return two-sided p-value, in (0, 1]
     */
    public static double mcNemar(long onlyFirst, long onlySecond) {
        long all = onlyFirst + onlySecond;
        long fewer = Math.min(onlyFirst, onlySecond);
        double logTerm = -all * Math.log(2);
        double tail = 0;
        for (long k = 0; k <= fewer; k++) {
            tail += Math.exp(logTerm);
            logTerm += Math.log((double) (all - k) / (k + 1));
        }
        return Math.min(1, 2 * tail);
    }

    /**
     * The exact sign test, of which McNemar's is the case of answers that are right or wrong: how likely so uneven a
     * split of the questions that one of two answers better is, if both were equally good. Of several labels, a
     * question is answered better where more labels are right; of a score, where it is closer.
     *
     * @param first how right each answer is
     * @param second likewise, of the same questions
     * @return two-sided p-value, in (0, 1]
     */
    public static double sign(double[] first, double[] second) {
        long onlyFirst = 0;
        long onlySecond = 0;
        for (int i = 0; i < first.length; i++) {
            onlyFirst += first[i] - second[i] > EQUAL ? 1 : 0;
            onlySecond += second[i] - first[i] > EQUAL ? 1 : 0;
        }
        return mcNemar(onlyFirst, onlySecond);
    }

    /** Where a figure lies with 95 % confidence. */
    public record Interval(double low, double high) {
        /** Whether it holds a number. */
        public boolean contains(double value) {
            return low <= value && value <= high;
        }
    }

    /**
     * The paired bootstrap (Efron 1979): where the mean of {@code second - first} lies, by the percentiles of its mean
     * over questions that are drawn anew with replacement.
     *
     * @param first how right each answer is
     * @param second likewise, of the same questions
     * @param seed of the draws
     */
    public static Interval bootstrap(double[] first, double[] second, long seed) {
        Metrics.requireEqualLength(first.length, second.length);
        double[] differences = new double[first.length];
        Arrays.setAll(differences, i -> second[i] - first[i]);
        return bootstrap(differences, seed);
    }

    /** The same of the mean of one array; NaN when empty. */
    public static Interval bootstrap(double[] values, long seed) {
        if (values.length == 0) {
            return new Interval(Double.NaN, Double.NaN);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] means = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += values[random.nextInt(values.length)];
            }
            means[draw] = sum / values.length;
        }
        Arrays.sort(means);
        return new Interval(means[(int) (DRAWS * TAIL)], means[DRAWS - 1 - (int) (DRAWS * TAIL)]);
    }

    /**
     * The same of any figure of some rows; NaN when there is none.
     *
     * @param rows how many there are
     * @param seed of the draws
     * @param figure of the rows at these positions, of which some come several times
     */
    static Interval bootstrap(int rows, long seed, ToDoubleFunction<int[]> figure) {
        if (rows == 0) {
            return new Interval(Double.NaN, Double.NaN);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] figures = new double[FEWER_DRAWS];
        int[] drawn = new int[rows];
        for (int draw = 0; draw < FEWER_DRAWS; draw++) {
            for (int i = 0; i < rows; i++) {
                drawn[i] = random.nextInt(rows);
            }
            figures[draw] = figure.applyAsDouble(drawn);
        }
        Arrays.sort(figures);
        return new Interval(figures[(int) (FEWER_DRAWS * TAIL)], figures[FEWER_DRAWS - 1 - (int) (FEWER_DRAWS * TAIL)]);
    }
}
