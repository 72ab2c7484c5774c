// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** How well an encoder that is in training does at some examples, without the head that is trained with it. */
final class Watch {
    private static final int MOST_EXAMPLES = 256;
    private static final int TEXTS_OF_A_RUN = 16;

    private final List<TokenSequence> texts;
    private final Scoring scoring;

    /** A loss of the embeddings of all texts. */
    private interface Scoring {
        double loss(FloatMatrix embeddings);
    }

    private Watch(List<TokenSequence> texts, Scoring scoring) {
        this.texts = texts;
        this.scoring = scoring;
    }

    /**
     * By {@link HeldOutLoss} for labels, by {@link CosineLoss} for pairs that have a cosine.
     *
     * @throws IllegalArgumentException for an objective that says nothing of its texts
     */
    static Watch of(Objective objective) {
        if (objective instanceof Objective.Contrast contrast) {
            return of(some(contrast.texts()).stream()
                    .map(each -> new Objective.LabelledText(each.text(), each.label()))
                    .toList());
        }
        if (objective instanceof Objective.Classification classification) {
            return of(some(classification.texts()));
        }
        if (objective instanceof Objective.Similarity similarity) {
            return ofPairs(some(similarity.pairs()));
        }
        throw new IllegalArgumentException("nothing is known of these texts");
    }

    private static Watch of(List<Objective.LabelledText> examples) {
        int[] labels = examples.stream().mapToInt(Objective.LabelledText::label).toArray();
        boolean inPairs = examples.get(0).readings().size() == PairFeatures.READINGS;
        return new Watch(
                examples.stream().flatMap(each -> each.readings().stream()).toList(),
                embeddings -> HeldOutLoss.of(inPairs ? PairFeatures.of(embeddings) : embeddings, labels));
    }

    private static Watch ofPairs(List<Objective.Pair> pairs) {
        float[] cosines = new float[pairs.size()];
        List<TokenSequence> texts = new ArrayList<>();
        for (int i = 0; i < cosines.length; i++) {
            cosines[i] = pairs.get(i).cosine();
            texts.add(pairs.get(i).first());
            texts.add(pairs.get(i).second());
        }
        CosineLoss loss = new CosineLoss(cosines);
        return new Watch(
                texts, embeddings -> loss.of(embeddings, FloatMatrix.zeros(embeddings.rows(), embeddings.columns())));
    }

    private static <T> List<T> some(List<T> all) {
        int count = Math.min(MOST_EXAMPLES, all.size());
        return IntStream.range(0, count)
                .mapToObj(i -> all.get((int) ((long) i * all.size() / count)))
                .toList();
    }

    double loss(Training training) {
        List<FloatMatrix> runs = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += TEXTS_OF_A_RUN) {
            runs.add(training.embeddings(texts.subList(from, Math.min(texts.size(), from + TEXTS_OF_A_RUN))));
        }
        FloatMatrix all = FloatMatrix.zeros(texts.size(), runs.get(0).columns());
        int at = 0;
        for (FloatMatrix run : runs) {
            System.arraycopy(run.data(), 0, all.data(), at, run.data().length);
            at += run.data().length;
        }
        return scoring.loss(all);
    }
}
