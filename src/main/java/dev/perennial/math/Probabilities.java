// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

/** Softmax, its logarithm, and the logistic function. Pure functions; finite for finite input. */
public final class Probabilities {
    private Probabilities() {}

    /** {@code exp(t x_i) / sum_j exp(t x_j)}, without overflow. */
    public static double[] softmax(double[] scores, double inverseTemperature) {
        double[] p = new double[scores.length];
        double max = Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            max = Math.max(max, inverseTemperature * score);
        }
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(inverseTemperature * scores[i] - max);
            sum += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return p;
    }

    /** {@code p_i^power / sum_j p_j^power}; zeros stay zero. */
    public static double[] sharpen(double[] probabilities, double power) {
        double[] logarithms = new double[probabilities.length];
        for (int i = 0; i < logarithms.length; i++) {
            logarithms[i] = Math.log(Math.max(probabilities[i], Double.MIN_NORMAL));
        }
        return softmax(logarithms, power);
    }

    /** {@code 1 / (1 + exp(-x))}. */
    public static double logistic(double x) {
        return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
    }

    /** Index of the largest element, the first one of equals; -1 for an empty array. */
    public static int argmax(double[] values) {
        int best = -1;
        for (int i = 0; i < values.length; i++) {
            if (best < 0 || values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }
}
