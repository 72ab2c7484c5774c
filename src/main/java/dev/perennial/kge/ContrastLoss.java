// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.Softmax;

/**
 * The logistic loss of each answer and of the other objects (RotatE, arXiv 1902.10197): those that look likely count
 * more, in proportion to {@code exp(temperature * score)}, which is taken as a constant.
 */
record ContrastLoss(float margin, float temperature) implements Loss {
    @Override
    public double apply(float[] scores, Batch batch, int question) {
        int objects = batch.objects().length;
        float[] shares = new float[objects];
        for (int i = 0; i < objects; i++) {
            shares[i] = temperature * scores[i];
        }
        for (int i = batch.starts()[question]; i < batch.starts()[question + 1]; i++) {
            shares[batch.answers()[i]] = -1e30f;
        }
        Softmax.apply(shares, objects);
        double answers = batch.answersOf(question);
        float[] gradient = new float[objects];
        double loss = 0;
        for (int i = 0; i < objects; i++) {
            double logit = margin + (double) scores[i];
            loss += answers * shares[i] * softplus(logit);
            gradient[i] = (float) (answers * shares[i] * logistic(logit) / batch.triples());
        }
        for (int i = batch.starts()[question]; i < batch.starts()[question + 1]; i++) {
            double logit = margin + (double) scores[batch.answers()[i]];
            loss += softplus(-logit);
            gradient[batch.answers()[i]] = (float) (-logistic(-logit) / batch.triples());
        }
        System.arraycopy(gradient, 0, scores, 0, objects);
        return loss;
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
