// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

/** Which numbers of an encoder are adapted. */
public sealed interface Selection {

    /** Whether the numbers are few, and the same ones whatever is learnt, so that an adapter can go on learning. */
    default boolean goesOn() {
        return false;
    }

    /** Which matrices get a correction of low rank. */
    enum Places {
        /** Those that make queries and values of attention. */
        QUERIES_AND_VALUES,
        /** All that stand in the layers. */
        ALL_PRODUCTS
    }

    /**
     * A correction {@code s A B} of matrices, of low rank (LoRA; Hu et al. 2021). {@code A} begins random, {@code B}
     * zero, so that the adapted encoder begins as the one it comes from.
     *
     * @param places which matrices
     * @param rank columns of A
     * @param alpha strength: {@code s = alpha / rank}
     * @param stabilised whether {@code s = alpha / sqrt(rank)} instead (rsLoRA; Kalajdzievski 2023)
     * @param rateRatio how many times faster B learns than A (LoRA+; Hayou, Ghosh and Yu 2024); 1 for the same
     */
    record LowRank(Places places, int rank, float alpha, boolean stabilised, float rateRatio) implements Selection {
        public LowRank {
            if (rank < 1 || rank > 256 || !(alpha > 0) || !(rateRatio >= 1)) {
                throw new IllegalArgumentException("a rank of 1 to 256, a positive alpha and a ratio of at least 1");
            }
        }

        /** What was found to work for small encoders. */
        public static LowRank defaults() {
            return new LowRank(Places.QUERIES_AND_VALUES, 8, 16, false, 1);
        }

        @Override
        public boolean goesOn() {
            return true;
        }

        float scale() {
            return stabilised ? (float) (alpha / Math.sqrt(rank)) : alpha / rank;
        }
    }

    /**
     * All biases, and the scales of layer normalisations (BitFit; Ben Zaken, Ravfogel and Goldberg 2021). Without
     * biases of attention keys, which change nothing.
     */
    record BiasesAndNorms() implements Selection {
        @Override
        public boolean goesOn() {
            return true;
        }
    }

    /**
     * All numbers of the last layers.
     *
     * @param layers how many
     */
    record LastLayers(int layers) implements Selection {
        public LastLayers {
            if (layers < 1) {
                throw new IllegalArgumentException("at least one layer");
            }
        }
    }

    /**
     * The numbers of all layers on which the loss depends most, by the diagonal of the empirical Fisher information
     * {@code F_k = mean (dL/dw_k)^2} at the beginning, with a mask that stays (FISH; Sung, Nair and Raffel 2021). Mean
     * over batches instead of texts, which costs one run a batch.
     *
     * @param share of the numbers, in (0, 1]
     * @param batches that are looked at
     */
    record TopShare(double share, int batches) implements Selection {
        public TopShare {
            if (!(share > 0 && share <= 1) || batches < 1) {
                throw new IllegalArgumentException("a share in (0, 1] and at least one batch");
            }
        }
    }
}
