// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.math.FloatMatrix;
import dev.perennial.math.Matrix;

/**
 * How well a ridge head in closed form answers texts that it never saw. With the kernel {@code K = Z Z' + 1} of
 * embeddings Z and a constant, a ridge r, the targets Y (one for a text's label, else zero) and {@code C = (K + r
 * I)^-1}, the residual of text i by the head of all others is
 *
 * <pre>
 * e_i = (C Y)_i / C_ii
 * </pre>
 *
 * and the loss is the mean of {@code |e_i|^2}, with the best of three ridges.
 */
final class HeldOutLoss {
    private static final double[] RIDGES = {0.03, 0.3, 3};

    private HeldOutLoss() {}

    /**
     * @param embeddings one row of unit length for each text
     * @param labels one for each text
     */
    static double of(FloatMatrix embeddings, int[] labels) {
        double best = Double.POSITIVE_INFINITY;
        for (double ridge : RIDGES) {
            best = Math.min(best, of(embeddings, labels, ridge));
        }
        return best;
    }

    static double of(FloatMatrix embeddings, int[] labels, double ridge) {
        int texts = labels.length;
        Matrix inverse = inverseFactor(kernel(embeddings, ridge));
        double sum = 0;
        for (int i = 0; i < texts; i++) {
            double own = 0;
            for (int k = i; k < texts; k++) {
                own += inverse.at(k, i) * inverse.at(k, i);
            }
            sum += squares(i, inverse, labels) / (own * own);
        }
        return sum / texts;
    }

    private static Matrix kernel(FloatMatrix embeddings, double ridge) {
        int texts = embeddings.rows();
        Matrix kernel = Matrix.zeros(texts, texts);
        for (int i = 0; i < texts; i++) {
            for (int j = 0; j <= i; j++) {
                double value = embeddings.dot(i, j) + 1 + (i == j ? ridge : 0);
                kernel.set(i, j, value);
            }
        }
        return kernel;
    }

    /** {@code |(C Y)_i|^2}. */
    private static double squares(int i, Matrix inverse, int[] labels) {
        double[] byLabel = new double[java.util.Arrays.stream(labels).max().orElse(0) + 1];
        for (int j = 0; j < labels.length; j++) {
            double entry = 0;
            for (int k = Math.max(i, j); k < labels.length; k++) {
                entry += inverse.at(k, i) * inverse.at(k, j);
            }
            byLabel[labels[j]] += entry;
        }
        double sum = 0;
        for (double value : byLabel) {
            sum += value * value;
        }
        return sum;
    }

    /** The inverse of the factor L of {@code A = L L'}, of which the lower half is read. */
    private static Matrix inverseFactor(Matrix a) {
        int n = a.rows();
        for (int j = 0; j < n; j++) {
            for (int i = j; i < n; i++) {
                double sum = a.at(i, j);
                for (int k = 0; k < j; k++) {
                    sum -= a.at(i, k) * a.at(j, k);
                }
                a.set(i, j, i == j ? Math.sqrt(sum) : sum / a.at(j, j));
            }
        }
        Matrix inverse = Matrix.zeros(n, n);
        for (int j = 0; j < n; j++) {
            inverse.set(j, j, 1 / a.at(j, j));
            for (int i = j + 1; i < n; i++) {
                double sum = 0;
                for (int k = j; k < i; k++) {
                    sum -= a.at(i, k) * inverse.at(k, j);
                }
                inverse.set(i, j, sum / a.at(i, i));
            }
        }
        return inverse;
    }
}
