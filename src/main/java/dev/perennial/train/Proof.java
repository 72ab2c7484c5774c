// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * By what an adapted encoder is known to be the one that was trained: what the training's own forward pass gives for
 * some rows of tokens. The tokens are drawn at random, so that nothing of a text is kept.
 *
 * @param texts rows of tokens
 * @param vectors a unit vector of each
 */
public record Proof(List<TokenSequence> texts, FloatMatrix vectors) {
    private static final String TOKENS = "proof#tokens";
    private static final String VECTORS = "proof#vectors";
    private static final int NO_TOKEN = -1;
    private static final int LONGEST = 24;

    public Proof {
        texts = List.copyOf(texts);
    }

    /** Rows of random tokens, no longer than some texts and of a vocabulary that holds theirs. */
    static List<TokenSequence> texts(List<TokenSequence> like, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long vocabulary = 1
                + like.stream()
                        .flatMapToLong(text -> Arrays.stream(text.ids()))
                        .max()
                        .orElseThrow();
        return like.stream()
                .mapToInt(text -> Math.min(LONGEST, text.length()))
                .mapToObj(length ->
                        new TokenSequence(random.longs(length, 0, vocabulary).toArray(), new long[length]))
                .toList();
    }

    /** As an adapter's file keeps it. */
    List<StoredTensor> tensors() {
        int longest = texts.stream().mapToInt(TokenSequence::length).max().orElseThrow();
        float[] tokens = new float[texts.size() * longest];
        Arrays.fill(tokens, NO_TOKEN);
        for (int row = 0; row < texts.size(); row++) {
            long[] ids = texts.get(row).ids();
            for (int i = 0; i < ids.length; i++) {
                tokens[row * longest + i] = ids[i];
            }
        }
        return List.of(
                new StoredTensor(TOKENS, new long[] {texts.size(), longest}, Optional.empty(), tokens),
                new StoredTensor(
                        VECTORS, new long[] {vectors.rows(), vectors.columns()}, Optional.empty(), vectors.data()));
    }

    /** Whether a tensor of an adapter's file belongs to a proof. */
    static boolean holds(StoredTensor tensor) {
        return tensor.name().equals(TOKENS) || tensor.name().equals(VECTORS);
    }

    /**
     * The proof among the tensors of a file, if there is one.
     *
     * @throws Refusal.Invalid when it is none
     */
    static Optional<Proof> among(List<StoredTensor> tensors) {
        Map<String, StoredTensor> byName = new HashMap<>();
        tensors.stream().filter(Proof::holds).forEach(tensor -> byName.put(tensor.name(), tensor));
        StoredTensor tokens = byName.get(TOKENS);
        StoredTensor vectors = byName.get(VECTORS);
        if (tokens == null || vectors == null) {
            return Optional.empty();
        }
        boolean fits = tokens.shape().length == 2
                && vectors.shape().length == 2
                && tokens.shape()[0] == vectors.shape()[0]
                && tokens.positions().isEmpty()
                && vectors.positions().isEmpty();
        if (!fits) {
            throw damaged();
        }
        int longest = Math.toIntExact(tokens.shape()[1]);
        List<TokenSequence> texts = new ArrayList<>();
        for (int from = 0; from < tokens.values().length; from += longest) {
            texts.add(text(Arrays.copyOfRange(tokens.values(), from, from + longest)));
        }
        int width = Math.toIntExact(vectors.shape()[1]);
        return Optional.of(new Proof(texts, new FloatMatrix(texts.size(), width, vectors.values())));
    }

    private static TokenSequence text(float[] padded) {
        int length = 0;
        while (length < padded.length && padded[length] >= 0) {
            length++;
        }
        if (length == 0) {
            throw damaged();
        }
        long[] ids = new long[length];
        for (int i = 0; i < length; i++) {
            ids[i] = (long) padded[i];
        }
        return new TokenSequence(ids, new long[length]);
    }

    private static Refusal.Invalid damaged() {
        return new Refusal.Invalid("/adapter", "The proof of the adapter cannot be read.");
    }
}
