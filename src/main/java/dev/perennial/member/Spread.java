// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.InputEncoding;
import dev.perennial.encode.Passage;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far apart an encoder puts unrelated inputs: mean squared distances over reference sentences. Encoders differ
 * widely (the mean cosine of unrelated texts is 0.02 for one and 0.71 for another), so distances are compared in this
 * unit.
 *
 * @param text between single texts
 * @param difference between the absolute differences of unrelated pairs; 1 where only single texts are looked at
 * @param product between the elementwise products of unrelated pairs; likewise
 * @param joined between unrelated pairs read together; likewise
 */
public record Spread(double text, double difference, double product, double joined) {
    private static final double FLOOR = 1e-6;

    public Spread {
        text = Math.max(text, FLOOR);
        difference = Math.max(difference, FLOOR);
        product = Math.max(product, FLOOR);
        joined = Math.max(joined, FLOOR);
    }

    /**
     * That of independent directions, uniformly distributed, which need not be measured. Between unit vectors of so
     * many components u - v has the squared length 2; components of u and v are about normal with variance 1/d, so that
     * those of |u - v| have the variance (2/d)(1 - 2/pi) and those of the product 1/d^2.
     */
    public static Spread ofDirections(int dimension) {
        return new Spread(2, 4 * (1 - 2 / Math.PI), 2.0 / dimension, 2);
    }

    /** The same where everything is this many times as far apart. */
    public Spread dividedBy(double factor) {
        return new Spread(text / factor, difference / factor, product / factor, joined / factor);
    }

    /** Measures an encoder on sentences that have nothing to do with one another. */
    public static Spread ofTexts(Encoder encoder, List<String> sentences) {
        List<Passage> passages = sentences.stream().map(Passage::of).toList();
        List<float[]> vectors = encode(encoder, passages, false);
        int d = encoder.info().dimension();
        return new Spread(meanSquaredDistance(vectors, d, PairBlock.FIRST), 1, 1, 1);
    }

    /** Measures an encoder on pairs of sentences that have nothing to do with one another. */
    public static Spread ofPairs(Encoder encoder, List<String> sentences) {
        List<Passage> passages = IntStream.range(0, sentences.size())
                .boxed()
                .flatMap(i ->
                        InputEncoding.passages(sentences.get(i), sentences.get((i + 1) % sentences.size())).stream())
                .toList();
        List<float[]> vectors = encode(encoder, passages, true);
        int d = encoder.info().dimension();
        return new Spread(
                meanSquaredDistance(vectors, d, PairBlock.FIRST),
                meanSquaredDistance(vectors, d, PairBlock.DIFFERENCE),
                meanSquaredDistance(vectors, d, PairBlock.PRODUCT),
                meanSquaredDistance(vectors, d, PairBlock.JOINED));
    }

    private static List<float[]> encode(Encoder encoder, List<Passage> passages, boolean pairs) {
        return InputEncoding.assemble(List.of(encoder.encode(passages)), pairs).stream()
                .map(encoded -> encoded.vectors().get(0))
                .toList();
    }

    private static double meanSquaredDistance(List<float[]> inputs, int dimension, PairBlock block) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < inputs.size(); i++) {
            // Pairs that follow one another share a sentence and are not unrelated.
            for (int j = i + 2; j < inputs.size(); j++) {
                for (int k = 0; k < dimension; k++) {
                    double gap = block.at(inputs.get(i), dimension, k) - block.at(inputs.get(j), dimension, k);
                    sum += gap * gap;
                }
                count++;
            }
        }
        return sum / Math.max(1, count);
    }
}
