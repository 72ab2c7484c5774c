// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

/**
 * Slope and offset of a logistic function that make held-out yes-or-no answers most probable (Platt 1999), by Newton's
 * method with a Gaussian prior.
 *
 * @param slope factor of the score
 * @param offset added to it
 */
public record Platt(double slope, double offset) {
    private static final int MAX_STEPS = 100;
    private static final double TOLERANCE = 1e-10;
    private static final double SMALLEST_SHARE = 1e-6;

    /**
     * @param scores one per answer
     * @param truths 1 for yes, 0 for no
     * @param weights weight of each answer
     * @param prior what is assumed without evidence
     * @param strength how much evidence the prior is worth, positive
     */
    public static Platt fit(double[] scores, double[] truths, double[] weights, Platt prior, double strength) {
        Objective objective = new Objective(scores, truths, weights, prior, strength);
        double a = prior.slope;
        double b = prior.offset;
        for (int step = 0; step < MAX_STEPS; step++) {
            double ga = strength * (a - prior.slope);
            double gb = strength * (b - prior.offset);
            double haa = strength;
            double hab = 0;
            double hbb = strength;
            for (int i = 0; i < scores.length; i++) {
                double p = Probabilities.logistic(a * scores[i] + b);
                double error = weights[i] * (p - truths[i]);
                double curvature = weights[i] * p * (1 - p);
                ga += error * scores[i];
                gb += error;
                haa += curvature * scores[i] * scores[i];
                hab += curvature * scores[i];
                hbb += curvature;
            }
            double determinant = haa * hbb - hab * hab;
            double da = (hbb * ga - hab * gb) / determinant;
            double db = (haa * gb - hab * ga) / determinant;
            double share = Math.min(1, 5 / Math.max(Math.abs(da), Math.abs(db)));
            double before = objective.at(a, b);
            while (share > SMALLEST_SHARE && objective.at(a - share * da, b - share * db) > before) {
                share /= 2;
            }
            a -= share * da;
            b -= share * db;
            if (Math.abs(da) + Math.abs(db) < TOLERANCE) {
                break;
            }
        }
        return new Platt(a, b);
    }

    /** What is minimised: negative log-likelihood, and the distance from the prior. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Objective(double[] scores, double[] truths, double[] weights, Platt prior, double strength) {
        double at(double a, double b) {
            double distance = Math.pow(a - prior.slope, 2) + Math.pow(b - prior.offset, 2);
            double loss = strength / 2 * distance;
            for (int i = 0; i < scores.length; i++) {
                double logit = a * scores[i] + b;
                double signed = truths[i] * -logit + (1 - truths[i]) * logit;
                // log(1 + e^x) without overflow
                loss += weights[i] * (Math.max(0, signed) + Math.log1p(Math.exp(-Math.abs(signed))));
            }
            return loss;
        }
    }
}
