// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Passage;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A process that tries a stranger's model before the service does, so that what crashes is the canary.
 *
 * <p>Scans the files, tokenizes {@link CanaryCorpus}, encodes the cheaper part of it and checks that the vectors are
 * what an encoder promises, then runs the longest text that the model claims to read. Takes its directory (see
 * {@link CanaryFiles}) as its argument.
 */
final class Canary {
    private static final float SAME = 1e-6f;
    private static final int WINDOW = 256;
    private static final int CHEAP_TOKENS = 64;
    private static final int CHEAP_PASSAGES = 40;
    private static final int LONGEST_RUN = 1024;

    private Canary() {}

    /** Ends with 0 when a verdict was given, whatever it is. */
    public static void main(String[] arguments) throws IOException {
        CanaryFiles files = new CanaryFiles(Path.of(arguments[0]));
        files.answer(judge(files.candidate()));
        // Destructors of native libraries have nothing left to save.
        Runtime.getRuntime().halt(0);
    }

    static CanaryFiles.Verdict judge(ModelFolder candidate) {
        try {
            OnnxScan.Weights weights = OnnxScan.scan(candidate.model());
            long lastId = TokenizerScan.scan(candidate.tokenizer());
            if (weights.tokenRows().isPresent() && lastId >= weights.tokenRows().getAsLong()) {
                throw new Refusal.Invalid(
                        "/tokenizer", "The tokenizer has ids beyond the model's token table: they do not agree.");
            }
            tryOut(candidate.weighing(weights.precision(), weights.parameters()), lastId);
            return new CanaryFiles.Verdict(Optional.empty(), weights.precision(), weights.parameters());
        } catch (Refusal.Invalid refusal) {
            return CanaryFiles.Verdict.refused(
                    refusal.faults().get(0).pointer(), refusal.faults().get(0).detail());
        } catch (OutOfMemoryError e) {
            return CanaryFiles.Verdict.refused("", "The files need more memory to read than a dry run has.");
        }
    }

    private static void tryOut(ModelFolder candidate, long lastId) {
        OnnxSettings settings =
                OnnxSettings.defaults().on(ExecutionProvider.CPU, true).reading(WINDOW);
        try (OnnxEncoder encoder = OnnxRuntime.start(settings).load(candidate)) {
            List<Passage> passages = readable(encoder, lastId);
            List<Embedding> alone = new ArrayList<>();
            for (Passage passage : passages) {
                alone.addAll(encoder.encode(List.of(passage)));
            }
            checkBatches(encoder, passages, alone);
            require(
                    !same(alone.get(0).vector(), alone.get(1).vector()),
                    "The model gives different texts the same vector.");
            long[] full = new long[Math.min(candidate.maxTokens(), LONGEST_RUN)];
            Arrays.fill(full, lastId);
            encoder.embed(new TokenizedPassage(full, new long[full.length], true));
        } catch (IllegalStateException e) {
            throw new Refusal.Invalid("/model", "The dry run failed: " + e.getMessage() + ".");
        } catch (RuntimeException e) {
            if (e instanceof Refusal) {
                throw e;
            }
            throw new Refusal.Invalid("/tokenizer", "The tokenizer failed in the dry run.");
        }
    }

    /** Tokenizes the whole corpus, and returns passages that are cheap to run through the model. */
    private static List<Passage> readable(OnnxEncoder encoder, long lastId) {
        List<Passage> cheap = new ArrayList<>();
        for (Passage passage : CanaryCorpus.passages()) {
            TokenizedPassage tokens = encoder.tokenize(passage);
            boolean sound = tokens.length() > 0
                    && tokens.length() <= encoder.info().maxTokens()
                    && Arrays.stream(tokens.ids()).allMatch(id -> id >= 0 && id <= lastId)
                    && Arrays.stream(tokens.types()).allMatch(type -> type == 0 || type == 1);
            if (!sound) {
                throw new Refusal.Invalid("/tokenizer", "The tokenizer gives no tokens, too many, or wrong ones.");
            }
            if (tokens.length() <= CHEAP_TOKENS && cheap.size() < CHEAP_PASSAGES) {
                cheap.add(passage);
            }
        }
        return cheap;
    }

    private static void checkBatches(OnnxEncoder encoder, List<Passage> passages, List<Embedding> alone) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < passages.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(1));
        List<Embedding> together =
                encoder.encode(order.stream().map(passages::get).toList());
        for (int i = 0; i < order.size(); i++) {
            require(
                    same(together.get(i).vector(), alone.get(order.get(i)).vector()),
                    "A vector depends on the other texts of its batch.");
        }
    }

    /** Whether two vectors differ by rounding at most. */
    static boolean same(float[] a, float[] b) {
        for (int i = 0; i < a.length; i++) {
            if (!(Math.abs(a[i] - b[i]) <= SAME)) {
                return false;
            }
        }
        return a.length == b.length;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Refusal.Invalid("/model", otherwise);
        }
    }
}
