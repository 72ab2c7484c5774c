// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.encode.TokenSequence;
import java.util.List;
import java.util.stream.Stream;

/** What an encoder is adapted to, with the texts that show it. */
public sealed interface Objective {
    /** What an encoder reads for it. */
    Stream<TokenSequence> read();

    /** Its labelled texts; none where it has no labels. */
    default List<LabelledText> labelled() {
        return List.of();
    }

    /**
     * A text or a pair of texts, and the number of its label, counted from 0.
     *
     * @param readings of a text itself; of a pair both texts read together, or the first, the second and both together
     * @param label at least 0
     */
    record LabelledText(List<TokenSequence> readings, int label) {
        public LabelledText {
            readings = List.copyOf(readings);
            if (readings.size() != 1 && readings.size() != PairFeatures.READINGS) {
                throw new IllegalArgumentException("one reading or three");
            }
        }

        /** What is read at once. */
        public LabelledText(TokenSequence text, int label) {
            this(List.of(text), label);
        }

        /** The text, or both of a pair read together. */
        public TokenSequence text() {
            return readings.get(readings.size() - 1);
        }
    }

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

        @Override
        public List<LabelledText> labelled() {
            return texts;
        }

        @Override
        public Stream<TokenSequence> read() {
            return texts.stream().map(LabelledText::text);
        }
    }

    /**
     * Labels can be read off by a linear head ({@link ClassificationLoss}) on what heads see: the embedding of a text,
     * or the {@link PairFeatures} of a pair of three readings. Batches hold texts of like length.
     *
     * @param texts all of one reading or all of three
     * @param batch texts a step
     */
    record Classification(List<LabelledText> texts, int batch) implements Objective {
        public Classification {
            texts = List.copyOf(texts);
        }

        @Override
        public List<LabelledText> labelled() {
            return texts;
        }

        @Override
        public Stream<TokenSequence> read() {
            return texts.stream().flatMap(each -> each.readings().stream());
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

        @Override
        public Stream<TokenSequence> read() {
            return pairs.stream().flatMap(pair -> Stream.of(pair.first(), pair.second()));
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

        @Override
        public Stream<TokenSequence> read() {
            return texts.stream();
        }
    }
}
