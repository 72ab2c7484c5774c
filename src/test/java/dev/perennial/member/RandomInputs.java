// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random features of inputs whose squared distance is 1 on average, in every member's block. */
public final class RandomInputs {
    private RandomInputs() {}

    /** Inputs with one block of each of the lengths given. */
    public static List<Features> of(Random random, int count, int... dimensions) {
        List<Features> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<float[]> blocks = new ArrayList<>();
            for (int dimension : dimensions) {
                float[] block = new float[dimension];
                for (int k = 0; k < dimension; k++) {
                    block[k] = (float) (random.nextGaussian() / Math.sqrt(2.0 * dimension));
                }
                blocks.add(block);
            }
            inputs.add(new Features(blocks));
        }
        return inputs;
    }
}
