// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.EncoderInfo;
import dev.perennial.learn.AdaptationStrategy;

/**
 * How much memory a training takes, about, as measured on encoders of 6 and 12 layers: the process and the encoder's
 * weights, what all layers keep of each token for the way back, and derivatives of all weights where all are looked at.
 *
 * @param fixedBytes before the first token
 * @param bytesOfAToken padding included
 */
record StepMemory(long fixedBytes, long bytesOfAToken) {
    private static final long PROCESS_BYTES = 128L << 20;
    private static final double BYTES_OF_A_WEIGHT = 6;
    private static final long BYTES_OF_A_DERIVATIVE = 32;
    private static final long BYTES_OF_A_UNIT = 150;

    /** Derivatives of biases, scales and all matrices need what those of matrices of attention do not. */
    private static final long BYTES_OF_A_UNIT_WITH_BIASES = 280;

    private static final double MARGIN = 0.95;

    /** No encoder says how many layers it has: what no vocabulary of this size needs is in them. */
    private static final long VOCABULARY = 30_000;

    private static final long MATRICES_OF_A_LAYER = 12;

    /** How many numbers of an encoder lie in its layers. */
    static long inLayers(EncoderInfo info) {
        return Math.max(0, info.parameters() - VOCABULARY * info.dimension());
    }

    /** @param everywhere whether corrections of low rank are made of all products, and not of attention alone */
    static StepMemory of(EncoderInfo info, AdaptationStrategy strategy, boolean everywhere) {
        long width = info.dimension();
        long inLayers = inLayers(info);
        long layers = Math.max(1, Math.round((double) inLayers / (MATRICES_OF_A_LAYER * width * width)));
        long derivatives = strategy == AdaptationStrategy.FISHER ? BYTES_OF_A_DERIVATIVE * inLayers : 0;
        boolean biases = strategy == AdaptationStrategy.BITFIT || strategy == AdaptationStrategy.FISHER;
        boolean much = biases || (everywhere && strategy == AdaptationStrategy.LORA);
        return new StepMemory(
                PROCESS_BYTES + (long) (BYTES_OF_A_WEIGHT * info.parameters()) + derivatives,
                (much ? BYTES_OF_A_UNIT_WITH_BIASES : BYTES_OF_A_UNIT) * width * layers);
    }

    /** How many tokens a step may have within so much memory; not positive where none fits. */
    long tokens(long memoryBytes) {
        return ((long) (MARGIN * memoryBytes) - fixedBytes) / bytesOfAToken;
    }
}
