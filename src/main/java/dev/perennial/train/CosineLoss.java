// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.math.FloatMatrix;

/**
 * Squared distance of the cosine of two texts from what it should be (SetFit; Tunstall et al. 2022): rows 2k and 2k+1
 * are the k-th of n pairs,
 *
 * <pre>
 * L = 1/n sum_k (z_2k z_2k+1 - c_k)^2,   dL/dz_2k = 2/n (z_2k z_2k+1 - c_k) z_2k+1,  and the other way round
 * </pre>
 *
 * @param cosines c, one for each pair
 */
@SuppressWarnings("ArrayRecordComponent")
record CosineLoss(float[] cosines) implements Loss {

    @Override
    public double of(FloatMatrix embeddings, FloatMatrix gradient) {
        RowSum sum = new RowSum(gradient, embeddings);
        double loss = 0;
        for (int pair = 0; pair < cosines.length; pair++) {
            double miss = embeddings.dot(2 * pair, 2 * pair + 1) - cosines[pair];
            double slope = 2 * miss / cosines.length;
            loss += miss * miss / cosines.length;
            sum.add(2 * pair, slope, 2 * pair + 1);
            sum.add(2 * pair + 1, slope, 2 * pair);
        }
        return loss;
    }
}
