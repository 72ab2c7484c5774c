// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.math.FloatMatrix;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A linear map from unit vectors to scores of classes that is learnt together with an encoder and thrown away after.
 *
 * @param weights one row a class
 * @param biases one number a class
 */
record SoftmaxHead(Parameter weights, Parameter biases) {
    /** Unit vectors differ little: without it the softmax could not be sure of anything. */
    static final double SHARPNESS = 10;

    static SoftmaxHead of(int classes, int width, SplittableRandom random) {
        float[] initial = new float[Math.multiplyExact(classes, width)];
        for (int i = 0; i < initial.length; i++) {
            initial[i] = (float) ((2 * random.nextDouble() - 1) / Math.sqrt(width));
        }
        return new SoftmaxHead(
                new Parameter("head.weight", new long[] {classes, width}, initial, 1),
                new Parameter("head.bias", new long[] {classes}, new float[classes], 1));
    }

    int classes() {
        return biases.size();
    }

    List<Parameter> parameters() {
        return List.of(weights, biases);
    }

    FloatMatrix weightMatrix() {
        return new FloatMatrix(classes(), weights.size() / classes(), weights.copy());
    }

    double[] probabilities(FloatMatrix embeddings, int row, FloatMatrix matrix) {
        double[] scores = new double[classes()];
        double highest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < scores.length; c++) {
            double sum = 0;
            for (int k = 0; k < matrix.columns(); k++) {
                sum += (double) matrix.at(c, k) * embeddings.at(row, k);
            }
            scores[c] = SHARPNESS * sum + biases.values().get(c);
            highest = Math.max(highest, scores[c]);
        }
        double total = 0;
        for (int c = 0; c < scores.length; c++) {
            scores[c] = Math.exp(scores[c] - highest);
            total += scores[c];
        }
        for (int c = 0; c < scores.length; c++) {
            scores[c] /= total;
        }
        return scores;
    }
}
