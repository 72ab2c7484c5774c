// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.util.ArrayList;
import java.util.List;

/** How inputs become passages, and the passages' embeddings become the vectors of an input. */
public final class InputEncoding {
    private static final int PASSAGES_OF_A_PAIR = 3;

    private InputEncoding() {}

    /** The passages of a text: itself. */
    public static List<Passage> passages(String text) {
        return List.of(Passage.of(text));
    }

    /** The passages of a pair: each text by itself, then both together. */
    public static List<Passage> passages(String text, String textPair) {
        return List.of(Passage.of(text), Passage.of(textPair), Passage.joined(text, textPair));
    }

    /**
     * Puts the embeddings of equally long runs of passages together, one {@link Encoded} per run.
     *
     * @param byEncoder embeddings by encoder, then by passage
     * @param pair whether a run is a pair's
     */
    public static List<Encoded> assemble(List<List<Embedding>> byEncoder, boolean pair) {
        int run = pair ? PASSAGES_OF_A_PAIR : 1;
        int inputs = byEncoder.isEmpty() ? 0 : byEncoder.get(0).size() / run;
        List<Encoded> all = new ArrayList<>(inputs);
        for (int i = 0; i < inputs; i++) {
            List<float[]> vectors = new ArrayList<>(byEncoder.size());
            boolean truncated = false;
            for (List<Embedding> ofEncoder : byEncoder) {
                List<Embedding> parts = ofEncoder.subList(i * run, (i + 1) * run);
                vectors.add(joined(parts));
                truncated |= parts.stream().anyMatch(Embedding::truncated);
            }
            all.add(new Encoded(vectors, truncated));
        }
        return all;
    }

    private static float[] joined(List<Embedding> parts) {
        int dimension = parts.get(0).vector().length;
        float[] all = new float[parts.size() * dimension];
        for (int i = 0; i < parts.size(); i++) {
            System.arraycopy(parts.get(i).vector(), 0, all, i * dimension, dimension);
        }
        return all;
    }
}
