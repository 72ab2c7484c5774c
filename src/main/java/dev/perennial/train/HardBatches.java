// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Draws batches of a random label and those that the encoder finds most like it, four texts or more of each. */
final class HardBatches implements Exercises {
    private static final int TEXTS_OF_A_LABEL = 4;
    private static final int TEXTS_OF_A_PROTOTYPE = 16;

    private final List<List<TokenSequence>> textsByLabel;
    private final int[][] neighbours;
    private final Objective.Contrast objective;

    private HardBatches(List<List<TokenSequence>> textsByLabel, int[][] neighbours, Objective.Contrast objective) {
        this.textsByLabel = textsByLabel;
        this.neighbours = neighbours;
        this.objective = objective;
    }

    static HardBatches of(Objective.Contrast objective, Function<List<TokenSequence>, FloatMatrix> encoder) {
        Map<Integer, List<TokenSequence>> byLabel = new TreeMap<>();
        for (Objective.LabelledText each : objective.texts()) {
            byLabel.computeIfAbsent(each.label(), label -> new ArrayList<>()).add(each.text());
        }
        List<List<TokenSequence>> textsByLabel = List.copyOf(byLabel.values());
        int labels = textsByLabel.size();
        FloatMatrix prototypes = FloatMatrix.zeros(labels, 1);
        for (int label = 0; label < labels; label++) {
            List<TokenSequence> texts = textsByLabel.get(label);
            FloatMatrix vectors = encoder.apply(texts.subList(0, Math.min(texts.size(), TEXTS_OF_A_PROTOTYPE)));
            if (label == 0) {
                prototypes = FloatMatrix.zeros(labels, vectors.columns());
            }
            for (int row = 0; row < vectors.rows(); row++) {
                new RowSum(prototypes, vectors).add(label, 1.0 / vectors.rows(), row);
            }
        }
        return new HardBatches(textsByLabel, neighbours(prototypes), objective);
    }

    /** For each label all labels, itself first, then the most alike. */
    private static int[][] neighbours(FloatMatrix prototypes) {
        int[][] neighbours = new int[prototypes.rows()][];
        for (int label = 0; label < neighbours.length; label++) {
            int from = label;
            neighbours[label] = IntStream.range(0, prototypes.rows())
                    .boxed()
                    .sorted(Comparator.comparing((Integer other) -> other != from)
                            .thenComparing(other -> -cosine(prototypes, from, other)))
                    .mapToInt(Integer::intValue)
                    .toArray();
        }
        return neighbours;
    }

    private static double cosine(FloatMatrix prototypes, int a, int b) {
        return prototypes.dot(a, b) / Math.sqrt(prototypes.dot(a, a) * prototypes.dot(b, b));
    }

    @Override
    public Exercise draw(SplittableRandom random) {
        int labels = Math.min(textsByLabel.size(), Math.max(2, objective.batch() / TEXTS_OF_A_LABEL));
        int[] near = neighbours[random.nextInt(textsByLabel.size())];
        List<TokenSequence> texts = new ArrayList<>();
        List<Integer> ofTexts = new ArrayList<>();
        for (int i = 0; i < labels; i++) {
            for (TokenSequence text : Exercises.some(textsByLabel.get(near[i]), objective.batch() / labels, random)) {
                texts.add(text);
                ofTexts.add(near[i]);
            }
        }
        int[] ofText = ofTexts.stream().mapToInt(Integer::intValue).toArray();
        return new Exercise(texts, new ContrastiveLoss(ofText, objective.temperature()));
    }
}
