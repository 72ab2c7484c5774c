// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Draws exercises for an objective. The same draws for the same random numbers. */
interface Exercises {
    /** Batches that are drawn together, to sort them by length. */
    int POOLED = 4;

    Exercise draw(SplittableRandom random);

    /** What is learnt besides the encoder. */
    default List<Parameter> parameters() {
        return List.of();
    }

    /**
     * @param encoder as it is before it is adapted
     * @param random for what is learnt besides it
     */
    static Exercises of(
            Objective objective, Function<List<TokenSequence>, FloatMatrix> encoder, SplittableRandom random) {
        if (objective instanceof Objective.Contrast contrast) {
            return HardBatches.of(contrast, encoder);
        }
        if (objective instanceof Objective.Classification classification) {
            return classification(classification, encoder, random);
        }
        if (objective instanceof Objective.Similarity similarity) {
            return draw -> similarity(similarity, draw);
        }
        Objective.SelfContrast views = (Objective.SelfContrast) objective;
        return draw -> views(views, draw);
    }

    private static Exercises classification(
            Objective.Classification objective,
            Function<List<TokenSequence>, FloatMatrix> encoder,
            SplittableRandom random) {
        int classes = objective.texts().stream()
                        .mapToInt(Objective.LabelledText::label)
                        .max()
                        .orElseThrow()
                + 1;
        Objective.LabelledText any = objective.texts().get(0);
        int width = encoder.apply(List.of(any.text())).columns();
        boolean inPairs = any.readings().size() == PairFeatures.READINGS;
        SoftmaxHead head = SoftmaxHead.of(classes, inPairs ? PairFeatures.BLOCKS * width : width, random);
        return new Exercises() {
            @Override
            public Exercise draw(SplittableRandom drawing) {
                List<Objective.LabelledText> drawn = alike(objective.texts(), objective.batch(), drawing);
                int[] labels =
                        drawn.stream().mapToInt(Objective.LabelledText::label).toArray();
                Loss loss = new ClassificationLoss(labels, head);
                return new Exercise(
                        drawn.stream().flatMap(each -> each.readings().stream()).toList(),
                        inPairs ? new PairFeatures(loss) : loss);
            }

            @Override
            public List<Parameter> parameters() {
                return head.parameters();
            }
        };
    }

    /** So many texts of like length, so that little is padded; each as often as any other. */
    private static List<Objective.LabelledText> alike(
            List<Objective.LabelledText> all, int count, SplittableRandom random) {
        int batches = Math.min(POOLED, all.size() / count);
        if (batches < 2) {
            return some(all, count, random);
        }
        List<Objective.LabelledText> pool = some(all, batches * count, random).stream()
                .sorted(Comparator.comparing(each -> each.text().length()))
                .toList();
        int from = count * random.nextInt(batches);
        return pool.subList(from, from + count);
    }

    private static Exercise similarity(Objective.Similarity objective, SplittableRandom random) {
        List<Objective.Pair> drawn = some(objective.pairs(), objective.batch(), random);
        List<TokenSequence> texts = new ArrayList<>();
        float[] cosines = new float[drawn.size()];
        for (int i = 0; i < cosines.length; i++) {
            texts.add(drawn.get(i).first());
            texts.add(drawn.get(i).second());
            cosines[i] = drawn.get(i).cosine();
        }
        return new Exercise(texts, new CosineLoss(cosines));
    }

    private static Exercise views(Objective.SelfContrast objective, SplittableRandom random) {
        List<TokenSequence> drawn = some(objective.texts(), objective.batch(), random);
        List<TokenSequence> views = new ArrayList<>();
        int[] labels = new int[2 * drawn.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i / 2;
            views.add(view(drawn.get(i / 2), objective.leftOut(), random));
        }
        return new Exercise(views, new ContrastiveLoss(labels, objective.temperature()));
    }

    /** A text without some of its tokens; the first and the last, which are the encoder's own marks, stay. */
    private static TokenSequence view(TokenSequence text, double leftOut, SplittableRandom random) {
        int[] kept = java.util.stream.IntStream.range(0, text.length())
                .filter(i -> i == 0 || i == text.length() - 1 || random.nextDouble() >= leftOut)
                .toArray();
        long[] ids = new long[kept.length];
        long[] types = new long[kept.length];
        for (int i = 0; i < kept.length; i++) {
            ids[i] = text.ids()[kept[i]];
            types[i] = text.types()[kept[i]];
        }
        return new TokenSequence(ids, types);
    }

    /** So many of a list, or all, in random order, none twice. */
    static <T> List<T> some(List<T> all, int count, SplittableRandom random) {
        List<T> shuffled = new ArrayList<>(all);
        int drawn = Math.min(count, all.size());
        for (int i = 0; i < drawn; i++) {
            int other = i + random.nextInt(shuffled.size() - i);
            T swapped = shuffled.get(i);
            shuffled.set(i, shuffled.get(other));
            shuffled.set(other, swapped);
        }
        return List.copyOf(shuffled.subList(0, drawn));
    }
}
