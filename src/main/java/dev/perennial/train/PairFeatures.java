// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.math.FloatMatrix;

/**
 * What heads see of a pair: {@code [u, v, |u - v|, u * v, w]} of the embeddings of its texts and of both read together,
 * each block about as large as it is in the features of a pair that serves. With the derivative {@code g} of a loss in
 * these,
 *
 * <pre>
 * dL/du = a g_1 + b sign(u - v) g_3 + c v g_4,   dL/dv = a g_2 - b sign(u - v) g_3 + c u g_4,   dL/dw = e g_5
 * </pre>
 *
 * @param inner a loss of the features, one row a pair
 */
record PairFeatures(Loss inner) implements Loss {
    /** The first text, the second, both together. */
    static final int READINGS = 3;

    static final int BLOCKS = 5;

    private static final double TEXT = Math.sqrt(0.05);
    private static final double RELATION = Math.sqrt(0.35);
    private static final double JOINED = Math.sqrt(0.2);

    /** @param embeddings three rows a pair */
    @Override
    public double of(FloatMatrix embeddings, FloatMatrix gradient) {
        FloatMatrix features = of(embeddings);
        FloatMatrix slopes = FloatMatrix.zeros(features.rows(), features.columns());
        double loss = inner.of(features, slopes);
        int width = embeddings.columns();
        double product = product(width);
        for (int pair = 0; pair < features.rows(); pair++) {
            int u = READINGS * pair * width;
            int v = u + width;
            int w = v + width;
            for (int k = 0; k < width; k++) {
                double first = embeddings.data()[u + k];
                double second = embeddings.data()[v + k];
                double apart = RELATION * Math.signum(first - second) * slopes.at(pair, 2 * width + k);
                double together = product * slopes.at(pair, 3 * width + k);
                gradient.data()[u + k] += (float) (TEXT * slopes.at(pair, k) + apart + together * second);
                gradient.data()[v + k] += (float) (TEXT * slopes.at(pair, width + k) - apart + together * first);
                gradient.data()[w + k] += (float) (JOINED * slopes.at(pair, 4 * width + k));
            }
        }
        return loss;
    }

    /** One row for each three. */
    static FloatMatrix of(FloatMatrix embeddings) {
        int width = embeddings.columns();
        double product = product(width);
        FloatMatrix features = FloatMatrix.zeros(embeddings.rows() / READINGS, BLOCKS * width);
        for (int pair = 0; pair < features.rows(); pair++) {
            int at = pair * features.columns();
            for (int k = 0; k < width; k++) {
                double first = embeddings.at(READINGS * pair, k);
                double second = embeddings.at(READINGS * pair + 1, k);
                features.data()[at + k] = (float) (TEXT * first);
                features.data()[at + width + k] = (float) (TEXT * second);
                features.data()[at + 2 * width + k] = (float) (RELATION * Math.abs(first - second));
                features.data()[at + 3 * width + k] = (float) (product * first * second);
                features.data()[at + 4 * width + k] = (float) (JOINED * embeddings.at(READINGS * pair + 2, k));
            }
        }
        return features;
    }

    /** Products of components of unit vectors are smaller the more components there are. */
    private static double product(int width) {
        return RELATION * Math.sqrt(width);
    }
}
