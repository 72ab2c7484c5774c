// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

/**
 * The inverse temperature of a softmax that makes held-out scores most probable, by Newton's method.
 *
 * <p>Minimises {@code sum_i w_i nll(softmax(t s_i), y_i) + strength/2 (ln t - ln t0)^2} over {@code ln t}. The prior
 * keeps the answer finite when every held-out prediction is right, and sensible when there are few.
 */
public final class Temperature {
    private static final int MAX_STEPS = 100;
    private static final double MAX_LOG_STEP = 1.0;
    private static final double TOLERANCE = 1e-12;

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
            double t = Math.exp(logT);
            double gradient = strength * (logT - logPrior);
            double curvature = strength;
            for (int i = 0; i < scores.rows(); i++) {
                double[] row = scores.row(i);
                double[] p = Probabilities.softmax(row, t);
                double mean = 0;
                double square = 0;
                for (int c = 0; c < row.length; c++) {
                    mean += p[c] * row[c];
                    square += p[c] * row[c] * row[c];
                }
                double slope = t * (mean - row[truth[i]]);
                gradient += weights[i] * slope;
                // Second derivative with respect to ln t; its always positive part alone keeps the step a descent.
                curvature += weights[i] * (t * t * Math.max(0, square - mean * mean) + Math.abs(slope));
            }
            double move = Math.max(-MAX_LOG_STEP, Math.min(MAX_LOG_STEP, gradient / curvature));
            logT -= move;
            if (Math.abs(move) < TOLERANCE) {
                break;
            }
        }
        return Math.exp(logT);
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
