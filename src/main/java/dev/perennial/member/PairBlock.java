// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

/**
 * The parts of what a head sees of a pair: {@code [u, v, |u-v|, u*v]} of the two embeddings (Conneau et al. 2017) and
 * the embedding of both texts read together.
 */
enum PairBlock {
    FIRST,
    SECOND,
    DIFFERENCE,
    PRODUCT,
    JOINED;

    /** Component {@code k} of this block, from the three embeddings of a pair laid one after the other. */
    double at(float[] vectors, int dimension, int k) {
        return switch (this) {
            case FIRST -> vectors[k];
            case SECOND -> vectors[dimension + k];
            case DIFFERENCE -> Math.abs(vectors[k] - vectors[dimension + k]);
            case PRODUCT -> (double) vectors[k] * vectors[dimension + k];
            case JOINED -> vectors[2 * dimension + k];
        };
    }
}
