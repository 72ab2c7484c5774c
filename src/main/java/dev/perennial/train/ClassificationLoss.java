// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.math.FloatMatrix;

/**
 * Cross-entropy of a softmax head on the embeddings, which is learnt with them: with n texts, labels y and a sharpness
 * r,
 *
 * <pre>
 * o_ic = r (w_c z_i) + b_c,  p_i = softmax o_i,  L = 1/n sum_i -log p_i,y(i)
 * dL/do_ic = 1/n (p_ic - [c = y(i)]),  dL/dz_i = r sum_c dL/do_ic w_c,  dL/dw_c = r sum_i dL/do_ic z_i,  dL/db_c = sum_i dL/do_ic
 * </pre>
 *
 * @param labels one for each row of the embeddings
 * @param head what is learnt with the encoder
 */
@SuppressWarnings("ArrayRecordComponent")
record ClassificationLoss(int[] labels, SoftmaxHead head) implements Loss {

    @Override
    public double of(FloatMatrix embeddings, FloatMatrix gradient) {
        int classes = head.classes();
        FloatMatrix weights = head.weightMatrix();
        FloatMatrix weightGradient = FloatMatrix.zeros(classes, embeddings.columns());
        RowSum ofTexts = new RowSum(gradient, weights);
        RowSum ofWeights = new RowSum(weightGradient, embeddings);
        double[] biasGradient = new double[classes];
        double loss = 0;
        for (int i = 0; i < labels.length; i++) {
            double[] slopes = head.probabilities(embeddings, i, weights);
            loss -= Math.log(Math.max(slopes[labels[i]], Double.MIN_NORMAL)) / labels.length;
            slopes[labels[i]] -= 1;
            for (int c = 0; c < classes; c++) {
                double slope = slopes[c] / labels.length;
                biasGradient[c] += slope;
                ofTexts.add(i, SoftmaxHead.SHARPNESS * slope, c);
                ofWeights.add(c, SoftmaxHead.SHARPNESS * slope, i);
            }
        }
        head.weights().gradient().put(0, weightGradient.data());
        for (int c = 0; c < classes; c++) {
            head.biases().gradient().put(c, (float) biasGradient[c]);
        }
        return loss;
    }
}
