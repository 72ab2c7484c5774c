// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import java.util.List;
import java.util.function.Function;

/**
 * Cosine of two instructions' embeddings after the mean embedding of unrelated texts is taken off both: raw cosines of
 * small encoders lie so close together that no threshold would hold for two of them. As safe for concurrent use as the
 * encoder.
 */
public final class EmbeddingSimilarity implements InstructionSimilarity {
    private final Function<List<String>, List<float[]>> encoder;
    private final float[] mean;

    /**
     * @param encoder from texts to unit vectors
     * @param mean of the vectors of many unrelated texts
     */
    public EmbeddingSimilarity(Function<List<String>, List<float[]>> encoder, float[] mean) {
        this.encoder = encoder;
        this.mean = mean.clone();
    }

    /** The mean cosine is the scalar product of the means of unit vectors, each centred before. */
    @Override
    public double of(List<String> task, List<String> group) {
        double[] left = meanDirection(task);
        double[] right = meanDirection(group);
        double product = 0;
        for (int k = 0; k < left.length; k++) {
            product += left[k] * right[k];
        }
        return product;
    }

    private double[] meanDirection(List<String> texts) {
        double[] sum = new double[mean.length];
        for (float[] vector : encoder.apply(texts)) {
            double squares = 0;
            for (int k = 0; k < mean.length; k++) {
                double centred = (double) vector[k] - mean[k];
                squares += centred * centred;
            }
            double length = Math.sqrt(squares) * texts.size();
            for (int k = 0; k < mean.length && length > 0; k++) {
                sum[k] += (vector[k] - mean[k]) / length;
            }
        }
        return sum;
    }
}
