// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The inverse temperature of a softmax that makes held-out scores most probable, by Newton's method.
 *
 * <p>Minimises {@code sum_i w_i nll(softmax(t s_i), y_i) + strength/2 (ln t - ln t0)^2} over {@code ln t}. The prior
 * keeps the answer finite when every held-out prediction is right, and sensible when there are few.
 */
public final class Temperature {
    private static final int MAX_STEPS = 100;
    private static final double MAX_LOG_STEP = 1.0;
    private static final double TOLERANCE = 1e-10;

    private Temperature() {}

    /**
     * @param scores one row of scores per held-out example
     * @param truth index of the true label of each row
     * @param weights weight of each row
     * @param prior inverse temperature that is assumed without evidence, positive
     * @param strength how many examples the prior is worth
     * @return inverse temperature, positive
     */
    public static double fit(Matrix scores, int[] truth, double[] weights, double prior, double strength) {
        double logPrior = Math.log(prior);
        double logT = logPrior;
        for (int step = 0; step < MAX_STEPS; step++) {
            Slope slope = Slope.of(scores, truth, weights, Math.exp(logT));
            double gradient = strength * (logT - logPrior) + slope.first();
            double curvature = strength + slope.second();
            // Where the loss is not convex in ln t, the part of its curvature that is always positive keeps the step a
            // descent.
            double move = gradient / (curvature > 0 ? curvature : strength + slope.convexPart());
            move = Math.max(-MAX_LOG_STEP, Math.min(MAX_LOG_STEP, move));
            logT -= move;
            if (Math.abs(move) < TOLERANCE) {
                break;
            }
        }
        return Math.exp(logT);
    }

    /**
     * Derivatives of the loss without its prior with respect to {@code ln t}.
     *
     * @param convexPart the second one without the term that can be negative
     */
    private record Slope(double first, double second, double convexPart) {

        static Slope of(Matrix scores, int[] truth, double[] weights, double t) {
            double[] first = new double[scores.rows()];
            double[] convex = new double[scores.rows()];
            IntStream.range(0, scores.rows()).parallel().forEach(i -> {
                double[] row = scores.row(i);
                double[] p = Probabilities.softmax(row, t);
                double mean = 0;
                double square = 0;
                for (int c = 0; c < row.length; c++) {
                    mean += p[c] * row[c];
                    square += p[c] * row[c] * row[c];
                }
                first[i] = weights[i] * t * (mean - row[truth[i]]);
                convex[i] = weights[i] * t * t * Math.max(0, square - mean * mean);
            });
            double sum = Arrays.stream(first).sum();
            double convexSum = Arrays.stream(convex).sum();
            return new Slope(sum, convexSum + sum, convexSum);
        }
    }

    /** Weighted mean negative log-likelihood of {@code softmax(t s)}. */
    public static double negativeLogLikelihood(Matrix scores, int[] truth, double[] weights, double t) {
        double sum = 0;
        double total = 0;
        for (int i = 0; i < scores.rows(); i++) {
            double p = Probabilities.softmax(scores.row(i), t)[truth[i]];
            sum -= weights[i] * Math.log(Math.max(p, Double.MIN_NORMAL));
            total += weights[i];
        }
        return total == 0 ? 0 : sum / total;
    }
}
