// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoded;
import dev.perennial.encode.InputEncoding;
import dev.perennial.encode.Passage;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far apart an encoder puts unrelated texts: mean squared distances over reference sentences. Encoders differ widely
 * (the mean cosine of unrelated texts is 0.02 for one and 0.71 for another), so distances are compared in this unit.
 *
 * @param text between single texts
 * @param difference between the absolute differences of unrelated pairs
 * @param product between the elementwise products of unrelated pairs
 * @param joined between unrelated pairs read together
 */
public record Spread(double text, double difference, double product, double joined) {
    private static final double FLOOR = 1e-6;

    public Spread {
        text = Math.max(text, FLOOR);
        difference = Math.max(difference, FLOOR);
        product = Math.max(product, FLOOR);
        joined = Math.max(joined, FLOOR);
    }

    /** Measures an encoder on sentences that have nothing to do with one another. */
    public static Spread measure(Encoder encoder, List<String> sentences) {
        List<Passage> passages = IntStream.range(0, sentences.size())
                .boxed()
                .flatMap(i -> InputEncoding.passages(sentences.get(i), sentences.get((i + 1) % sentences.size())).stream())
                .toList();
        List<float[]> pairs = InputEncoding.assemble(List.of(encoder.encode(passages)), true).stream()
                .map(Encoded::vectors)
                .map(vectors -> vectors.get(0))
                .toList();
        int d = encoder.info().dimension();
        return new Spread(
                meanSquaredDistance(pairs, d, PairBlock.FIRST),
                meanSquaredDistance(pairs, d, PairBlock.DIFFERENCE),
                meanSquaredDistance(pairs, d, PairBlock.PRODUCT),
                meanSquaredDistance(pairs, d, PairBlock.JOINED));
    }

    private static double meanSquaredDistance(List<float[]> pairs, int dimension, PairBlock block) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < pairs.size(); i++) {
            for (int j = i + 2; j < pairs.size(); j++) {
                for (int k = 0; k < dimension; k++) {
                    double gap = block.at(pairs.get(i), dimension, k) - block.at(pairs.get(j), dimension, k);
                    sum += gap * gap;
                }
                count++;
            }
        }
        return sum / Math.max(1, count);
    }
}
