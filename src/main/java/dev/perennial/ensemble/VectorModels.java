// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.Passage;
import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Vectors and similarities of texts, by one encoder or by all that read words in context together. Thread-safe.
 *
 * <p>The vector of all together is the encoders' unit vectors one after the other, divided by the square root of their
 * number: its cosine is the mean of their cosines. Their similarity is better than that cosine, because encoders differ
 * in how near they put unrelated texts: each encoder's cosine is first stretched so that unrelated texts are at 0 on
 * average and equal ones at 1, and the mean is taken of these.
 */
public final class VectorModels {
    /** Id of all encoders together that read words in context. */
    public static final String ENSEMBLE = "ensemble";

    private final Encoders encoders;
    private final ToDoubleFunction<Encoder> unrelatedDistance;

    /** @param unrelatedDistance mean squared distance at which an encoder puts unrelated texts; positive */
    public VectorModels(Encoders encoders, ToDoubleFunction<Encoder> unrelatedDistance) {
        this.encoders = encoders;
        this.unrelatedDistance = unrelatedDistance;
    }

    /** All models that are ready, the ensemble first. */
    public List<VectorModel> models() {
        return Stream.concat(
                        Stream.of(new VectorModel(ENSEMBLE, encoders.contextual())),
                        encoders.ready().stream().map(VectorModels::alone))
                .toList();
    }

    /**
     * A model by its id.
     *
     * @throws Refusal.NotFound when no such model is ready
     */
    public VectorModel model(String id) {
        return id.equals(ENSEMBLE)
                ? new VectorModel(ENSEMBLE, encoders.contextual())
                : encoders.find(id).map(VectorModels::alone).orElseThrow(() -> new Refusal.NotFound("model", id));
    }

    /** The vectors of texts, in order. */
    public TextVectors vectors(VectorModel model, List<String> texts) {
        List<List<Embedding>> byEncoder = encode(model, texts);
        List<float[]> vectors = new ArrayList<>(texts.size());
        List<Boolean> truncated = new ArrayList<>(texts.size());
        long tokens = 0;
        for (int i = 0; i < texts.size(); i++) {
            int text = i;
            List<Embedding> parts =
                    byEncoder.stream().map(ofEncoder -> ofEncoder.get(text)).toList();
            vectors.add(joined(parts, model.dimension()));
            truncated.add(parts.stream().anyMatch(Embedding::truncated));
            tokens += parts.stream().mapToInt(Embedding::tokens).max().orElse(0);
        }
        return new TextVectors(vectors, truncated, tokens);
    }

    /** How similar the texts at even positions are to their successors: at most 1, around 0 for unrelated ones. */
    public List<Similarity> similarities(VectorModel model, List<String> firstAndSecond) {
        int pairs = firstAndSecond.size() / 2;
        int[] first = new int[pairs];
        int[] second = new int[pairs];
        for (int i = 0; i < pairs; i++) {
            first[i] = 2 * i;
            second[i] = 2 * i + 1;
        }
        return similarities(model, encode(model, firstAndSecond), new Positions(first, second));
    }

    /** How similar the first text is to each of the others. */
    public List<Similarity> similaritiesToFirst(VectorModel model, List<String> texts) {
        int others = texts.size() - 1;
        int[] second = new int[others];
        for (int i = 0; i < others; i++) {
            second[i] = i + 1;
        }
        return similarities(model, encode(model, texts), new Positions(new int[others], second));
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Positions(int[] first, int[] second) {}

    private List<Similarity> similarities(VectorModel model, List<List<Embedding>> byEncoder, Positions positions) {
        double[] sums = new double[positions.first().length];
        boolean[] truncated = new boolean[sums.length];
        for (int m = 0; m < byEncoder.size(); m++) {
            List<Embedding> embeddings = byEncoder.get(m);
            double unrelated = model.id().equals(ENSEMBLE)
                    ? unrelatedDistance.applyAsDouble(model.encoders().get(m)) / 2
                    : 1;
            for (int i = 0; i < sums.length; i++) {
                Embedding first = embeddings.get(positions.first()[i]);
                Embedding second = embeddings.get(positions.second()[i]);
                double cosine = cosine(first.vector(), second.vector());
                truncated[i] |= first.truncated() || second.truncated();
                sums[i] += Math.max(-1, 1 - (1 - cosine) / unrelated) / byEncoder.size();
            }
        }
        return IntStream.range(0, sums.length)
                .mapToObj(i -> new Similarity(sums[i], truncated[i]))
                .toList();
    }

    private List<List<Embedding>> encode(VectorModel model, List<String> texts) {
        List<Encoder> members = model.encoders().isEmpty() ? encoders.some() : model.encoders();
        return encoders.pool().encode(members, texts.stream().map(Passage::of).toList());
    }

    private static VectorModel alone(Encoder encoder) {
        return new VectorModel(encoder.info().id(), List.of(encoder));
    }

    private static float[] joined(List<Embedding> parts, int dimension) {
        float[] all = new float[dimension];
        double scale = 1 / Math.sqrt(parts.size());
        int at = 0;
        for (Embedding part : parts) {
            for (float component : part.vector()) {
                all[at++] = (float) (component * scale);
            }
        }
        return all;
    }

    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += (double) a[k] * b[k];
        }
        return Math.max(-1, Math.min(1, sum));
    }
}
