// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.math.FloatMatrix;

/**
 * Supervised contrastive loss (Khosla et al. 2020, equation 2): each text shall be more alike to those of its label
 * than to all others. With {@code s_ij = z_i z_j / t}, the texts P(i) that share the label of i, and N texts with such
 * company,
 *
 * <pre>
 * L = 1/N sum_i -1/|P(i)| sum_{p in P(i)} log q_ip,   q_ij = exp s_ij / sum_{k != i} exp s_ik
 * dL/ds_ij = 1/N (q_ij - [j in P(i)] / |P(i)|),       dL/dz_i = 1/t sum_j (dL/ds_ij + dL/ds_ji) z_j
 * </pre>
 *
 * <p>With two views of each text under a label of their own it is the loss of SimCLR (Chen et al. 2020).
 *
 * @param labels one for each row of the embeddings
 * @param temperature t, positive
 */
@SuppressWarnings("ArrayRecordComponent")
record ContrastiveLoss(int[] labels, double temperature) implements Loss {

    @Override
    public double of(FloatMatrix embeddings, FloatMatrix gradient) {
        int texts = labels.length;
        int anchors = 0;
        for (int i = 0; i < texts; i++) {
            anchors += company(i) > 0 ? 1 : 0;
        }
        double loss = 0;
        for (int i = 0; i < texts; i++) {
            if (company(i) > 0) {
                loss += anchor(i, anchors, embeddings, gradient);
            }
        }
        return anchors == 0 ? 0 : loss / anchors;
    }

    private int company(int text) {
        int others = 0;
        for (int j = 0; j < labels.length; j++) {
            others += j != text && labels[j] == labels[text] ? 1 : 0;
        }
        return others;
    }

    private double anchor(int i, int anchors, FloatMatrix embeddings, FloatMatrix gradient) {
        double[] scores = new double[labels.length];
        double highest = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < scores.length; j++) {
            scores[j] = embeddings.dot(i, j) / temperature;
            highest = j == i ? highest : Math.max(highest, scores[j]);
        }
        double total = 0;
        for (int j = 0; j < scores.length; j++) {
            total += j == i ? 0 : Math.exp(scores[j] - highest);
        }
        double logarithm = highest + Math.log(total);
        double share = 1.0 / company(i);
        RowSum sum = new RowSum(gradient, embeddings);
        double loss = 0;
        for (int j = 0; j < scores.length; j++) {
            if (j != i) {
                boolean alike = labels[j] == labels[i];
                loss += alike ? share * (logarithm - scores[j]) : 0;
                double slope = (Math.exp(scores[j] - logarithm) - (alike ? share : 0)) / anchors / temperature;
                sum.add(i, slope, j);
                sum.add(j, slope, i);
            }
        }
        return loss;
    }
}
