// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import dev.perennial.math.Matrix;
import java.security.MessageDigest;

/**
 * Ridge regression over fixed random features: constant cost, however many examples it was learnt from.
 *
 * @param features the fixed features
 * @param ridge in the unit of the kernel that the features approximate
 * @param weights one row per feature, one column per output; must not be changed
 */
public record RandomFeatureHead(RandomFeatures features, double ridge, Matrix weights) implements Head {

    @Override
    public double[] scores(Query query) {
        float[] phi = features.of(query.features());
        int outputs = weights.columns();
        double[] scores = new double[outputs];
        double[] data = weights.data();
        for (int j = 0; j < phi.length; j++) {
            double value = phi[j];
            int row = j * outputs;
            for (int c = 0; c < outputs; c++) {
                scores[c] += value * data[row + c];
            }
        }
        return scores;
    }

    @Override
    public double kernel(Features a, Features b) {
        float[] x = features.of(a);
        float[] y = features.of(b);
        double sum = 0;
        for (int j = 0; j < x.length; j++) {
            sum += (double) x[j] * y[j];
        }
        return sum / features.size();
    }

    @Override
    public Matrix fitted() {
        return weights;
    }

    @Override
    public void addTo(MessageDigest digest) {
        Digests.add(digest, features.width(), features.size(), ridge);
        Digests.add(digest, weights.data());
    }
}
