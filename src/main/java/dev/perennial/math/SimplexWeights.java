// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import java.util.Arrays;

/**
 * Weights of a mixture, by expectation maximisation on held-out likelihoods.
 *
 * <p>{@code w_m <- (a + sum_i v_i w_m l_mi / sum_k w_k l_ki) / normaliser}: monotone, without a step size. The
 * pseudo-count {@code a} keeps every member alive.
 */
public final class SimplexWeights {
    private static final int MAX_STEPS = 500;
    private static final double TOLERANCE = 1e-10;

    private SimplexWeights() {}

    /**
     * @param likelihoods likelihood of example i under member m, at {@code [m][i]}
     * @param weights weight of each example
     * @param pseudoCount evidence that each member is given beforehand, positive
     * @return one weight per member; they add up to 1
     */
    public static double[] fit(double[][] likelihoods, double[] weights, double pseudoCount) {
        int members = likelihoods.length;
        double[] w = new double[members];
        Arrays.fill(w, 1.0 / members);
        for (int step = 0; step < MAX_STEPS; step++) {
            double[] next = new double[members];
            Arrays.fill(next, pseudoCount);
            for (int i = 0; i < weights.length; i++) {
                double sum = 0;
                for (int m = 0; m < members; m++) {
                    sum += w[m] * likelihoods[m][i];
                }
                if (sum > 0) {
                    for (int m = 0; m < members; m++) {
                        next[m] += weights[i] * w[m] * likelihoods[m][i] / sum;
                    }
                }
            }
            double total = Arrays.stream(next).sum();
            double change = 0;
            for (int m = 0; m < members; m++) {
                next[m] /= total;
                change = Math.max(change, Math.abs(next[m] - w[m]));
            }
            w = next;
            if (change < TOLERANCE) {
                break;
            }
        }
        return w;
    }
}
