// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.encode.TokenSequence;
import java.util.List;

/** What an encoder is adapted to, with the texts that show it. */
public sealed interface Objective {

    /**
     * A text and the number of its label, counted from 0.
     *
     * @param label at least 0
     */
    record LabelledText(TokenSequence text, int label) {}

    /**
     * Two texts and how alike they are.
     *
     * @param cosine that their embeddings shall have, in [-1, 1]
     */
    record Pair(TokenSequence first, TokenSequence second, float cosine) {}

    /**
     * Texts of a label come closer together than to others ({@link ContrastiveLoss}). Batches hold labels that are
     * alike to begin with, which are the hard ones to tell apart.
     *
     * @param texts of two labels at least
     * @param temperature smaller for more labels
     * @param batch texts a step
     */
    record Contrast(List<LabelledText> texts, double temperature, int batch) implements Objective {
        public Contrast {
            texts = List.copyOf(texts);
        }
    }

    /**
     * Labels can be read off by a linear head ({@link ClassificationLoss}).
     *
     * @param batch texts a step
     */
    record Classification(List<LabelledText> texts, int batch) implements Objective {
        public Classification {
            texts = List.copyOf(texts);
        }
    }

    /**
     * Cosines of pairs are what was said of them ({@link CosineLoss}).
     *
     * @param batch pairs a step
     */
    record Similarity(List<Pair> pairs, int batch) implements Objective {
        public Similarity {
            pairs = List.copyOf(pairs);
        }
    }

    /**
     * Two views of a text, from each of which some tokens are left out, are closer than views of different texts
     * ({@link ContrastiveLoss}; the views after Wu et al. 2020, CLEAR). Needs no labels.
     *
     * @param batch texts a step, each with two views
     * @param leftOut share of tokens left out of a view, in [0, 1)
     */
    record SelfContrast(List<TokenSequence> texts, double temperature, int batch, double leftOut) implements Objective {
        public SelfContrast {
            texts = List.copyOf(texts);
        }
    }
}
