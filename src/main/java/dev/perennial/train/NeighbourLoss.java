// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.math.FloatMatrix;

/**
 * How unlikely the label of one text is by those of its neighbours, which stay where they are (neighbourhood
 * components; Goldberger et al. 2004): with the text's embedding z, the others' z_j and a temperature t,
 *
 * <pre>
 * q_j = exp(z z_j / t) / sum_k exp(z z_k / t),  p = sum of q_j over the texts of the same label,  L = -log p
 * dL/dz = 1/t sum_j (q_j - [same label] q_j / p) z_j
 * </pre>
 *
 * <p>It needs no head, and is a likelihood whatever the encoder was trained for.
 *
 * @param neighbours embeddings of all texts, the one itself among them
 * @param labels one for each row of these
 * @param self the row of the text
 */
@SuppressWarnings("ArrayRecordComponent")
record NeighbourLoss(FloatMatrix neighbours, int[] labels, int self) implements Loss {
    private static final double TEMPERATURE = 0.1;

    /** Whether any other text has the label of this one, without which it has no loss. */
    static boolean hasCompany(int[] labels, int self) {
        for (int j = 0; j < labels.length; j++) {
            if (j != self && labels[j] == labels[self]) {
                return true;
            }
        }
        return false;
    }

    @Override
    public double of(FloatMatrix embeddings, FloatMatrix gradient) {
        double[] likelihoods = new double[labels.length];
        double highest = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < likelihoods.length; j++) {
            likelihoods[j] = dot(embeddings, j) / TEMPERATURE;
            highest = j == self ? highest : Math.max(highest, likelihoods[j]);
        }
        double total = 0;
        double same = 0;
        for (int j = 0; j < likelihoods.length; j++) {
            likelihoods[j] = j == self ? 0 : Math.exp(likelihoods[j] - highest);
            total += likelihoods[j];
            same += isSame(j) ? likelihoods[j] : 0;
        }
        same = Math.max(same, Double.MIN_NORMAL);
        RowSum sum = new RowSum(gradient, neighbours);
        for (int j = 0; j < likelihoods.length; j++) {
            if (j != self) {
                double slope = likelihoods[j] / total - (isSame(j) ? likelihoods[j] / same : 0);
                sum.add(0, slope / TEMPERATURE, j);
            }
        }
        return Math.log(total) - Math.log(same);
    }

    private boolean isSame(int other) {
        return other != self && labels[other] == labels[self];
    }

    private double dot(FloatMatrix embeddings, int other) {
        double dot = 0;
        for (int k = 0; k < embeddings.columns(); k++) {
            dot += (double) embeddings.at(0, k) * neighbours.at(other, k);
        }
        return dot;
    }
}
