// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OrtException;
import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.lang.ref.Cleaner;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An encoder whose model runs in ONNX Runtime, on the calling thread.
 *
 * <p>Thread-safe: callers on different threads run side by side on one copy of the weights. What it holds outside the
 * heap is freed when it is closed, or some time after nobody refers to it any more.
 */
final class OnnxEncoder implements Encoder {
    private static final Cleaner CLEANER = Cleaner.create();

    private final EncoderInfo info;
    private final ModelFolder source;
    private final PassageTokenizer tokenizer;
    private final int tokensPerRun;
    private final Leases leases;
    private final Set<Map<String, Integer>> tried = ConcurrentHashMap.newKeySet();
    private final Slot slot;

    /** Holds the session that serves now. */
    private static final class Slot {
        private volatile EncoderSession session;

        private Slot(EncoderSession session) {
            this.session = session;
        }
    }

    OnnxEncoder(
            EncoderInfo info,
            ModelFolder source,
            PassageTokenizer tokenizer,
            EncoderSession session,
            int tokensPerRun) {
        this.info = info;
        this.source = source;
        this.tokenizer = tokenizer;
        this.slot = new Slot(session);
        this.tokensPerRun = tokensPerRun;
        this.leases = leases(slot, tokenizer);
        CLEANER.register(this, leases::retire);
    }

    /** Refers to no encoder, so that one that nobody holds is freed as if it had been closed. */
    private static Leases leases(Slot slot, PassageTokenizer tokenizer) {
        return new Leases(() -> {
            slot.session.close();
            tokenizer.close();
        });
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
        return encodeCorrected(passages, Collections.nCopies(passages.size(), Factors.NONE));
    }

    @Override
    public List<Embedding> encode(List<Passage> passages, List<Encoder> readers) {
        return encodeCorrected(passages, readers.stream().map(this::factors).toList());
    }

    private Factors factors(Encoder reader) {
        if (reader instanceof CorrectedEncoder corrected && corrected.host() == this) {
            return corrected.factors();
        }
        if (reader != this) {
            throw new IllegalStateException("texts of another encoder");
        }
        return Factors.NONE;
    }

    /** Embeds passages as this encoder with corrections reads them, which its session takes. */
    List<Embedding> encodeCorrected(List<Passage> passages, List<Factors> factors) {
        return leases.lend(() -> embeddings(passages, factors));
    }

    private List<Embedding> embeddings(List<Passage> passages, List<Factors> factors) {
        List<TokenizedPassage> tokenized =
                passages.stream().map(tokenizer::tokenize).toList();
        Embedding[] embeddings = new Embedding[passages.size()];
        for (List<Integer> group : Batches.alike(factors)) {
            List<TokenizedPassage> ofGroup = group.stream().map(tokenized::get).toList();
            for (List<Integer> run : Batches.plan(ofGroup, tokensPerRun, slot.session::tokens)) {
                float[][] vectors = vectors(
                        run.stream().map(ofGroup::get).toList(),
                        run.stream().map(group::get).map(factors::get).toList());
                for (int i = 0; i < vectors.length; i++) {
                    TokenizedPassage passage = ofGroup.get(run.get(i));
                    embeddings[group.get(run.get(i))] =
                            new Embedding(vectors[i], passage.length(), passage.truncated());
                }
            }
        }
        return Arrays.asList(embeddings);
    }

    /** Whether texts run without padding (see {@link PackedGraph}). */
    boolean isPacked() {
        return !(slot.session instanceof PaddedSession);
    }

    /** The matrices that encoders which it hosts may correct, with their numbers of rows and columns. */
    Map<String, List<Long>> correctable() {
        return slot.session instanceof CorrectedSession corrected ? corrected.matrices() : Map.of();
    }

    /** Whether corrections of these ranks were tried. */
    boolean hasTried(Map<String, Integer> ranks) {
        return tried.contains(ranks);
    }

    /** ProvenCorrections of these ranks were tried, and depend on nothing but their text. */
    void tried(Map<String, Integer> ranks) {
        tried.add(ranks);
    }

    /** Runs by another session from now on, which gives the same vectors and allows more corrections. */
    void runBy(CorrectedSession wider) {
        EncoderSession former = slot.session;
        leases.alone(() -> {
            slot.session = wider;
            former.close();
        });
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
        return embed(run, Collections.nCopies(run.size(), Factors.NONE));
    }

    /** The same with corrections, which its session takes. */
    float[][] embed(List<TokenizedPassage> run, List<Factors> factors) {
        return leases.lend(() -> vectors(run, factors));
    }

    private float[][] vectors(List<TokenizedPassage> run, List<Factors> factors) {
        try {
            return slot.session instanceof CorrectedSession corrected
                    ? corrected.run(run, factors)
                    : slot.session.run(run);
        } catch (OrtException e) {
            throw new IllegalStateException("encoder " + info.id() + " failed: " + e.getCode(), e);
        }
    }

    @Override
    public void close() {
        leases.retire();
    }
}
