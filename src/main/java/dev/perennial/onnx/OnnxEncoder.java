// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OrtException;
import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.util.Arrays;
import java.util.List;

/**
 * An encoder whose model runs in ONNX Runtime, on the calling thread.
 *
 * <p>Thread-safe: callers on different threads run side by side on one copy of the weights.
 */
final class OnnxEncoder implements Encoder {
    private final EncoderInfo info;
    private final ModelFolder source;
    private final PassageTokenizer tokenizer;
    private final EncoderSession session;
    private final int tokensPerRun;
    private final Leases leases;

    OnnxEncoder(
            EncoderInfo info,
            ModelFolder source,
            PassageTokenizer tokenizer,
            EncoderSession session,
            int tokensPerRun) {
        this.info = info;
        this.source = source;
        this.tokenizer = tokenizer;
        this.session = session;
        this.tokensPerRun = tokensPerRun;
        this.leases = new Leases(this::free);
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    /** What it was opened from. */
    ModelFolder source() {
        return source;
    }

    @Override
    public List<Embedding> encode(List<Passage> passages) {
        return leases.lend(() -> embeddings(passages));
    }

    private List<Embedding> embeddings(List<Passage> passages) {
        List<TokenizedPassage> tokenized =
                passages.stream().map(tokenizer::tokenize).toList();
        Embedding[] embeddings = new Embedding[passages.size()];
        for (List<Integer> run : Batches.plan(tokenized, tokensPerRun, session::tokens)) {
            float[][] vectors = vectors(run.stream().map(tokenized::get).toList());
            for (int i = 0; i < vectors.length; i++) {
                TokenizedPassage passage = tokenized.get(run.get(i));
                embeddings[run.get(i)] = new Embedding(vectors[i], passage.length(), passage.truncated());
            }
        }
        return Arrays.asList(embeddings);
    }

    /** Whether texts run without padding (see {@link PackedGraph}). */
    boolean isPacked() {
        return session instanceof PackedSession;
    }

    /** What the model would read. */
    TokenizedPassage tokenize(Passage passage) {
        return leases.lend(() -> tokenizer.tokenize(passage));
    }

    /** Runs tokens that no text needs to contain. */
    float[] embed(TokenizedPassage passage) {
        return embed(List.of(passage))[0];
    }

    /** The same for several passages in one run. */
    float[][] embed(List<TokenizedPassage> run) {
        return leases.lend(() -> vectors(run));
    }

    private float[][] vectors(List<TokenizedPassage> run) {
        try {
            return session.run(run);
        } catch (OrtException e) {
            throw new IllegalStateException("encoder " + info.id() + " failed: " + e.getCode(), e);
        }
    }

    @Override
    public void close() {
        leases.retire();
    }

    private void free() {
        session.close();
        tokenizer.close();
    }
}
