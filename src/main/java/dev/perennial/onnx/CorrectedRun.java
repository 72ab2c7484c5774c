// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a {@link CorrectedGraph} takes beyond its packed one, for some passages. For one run, on one thread. */
final class CorrectedRun {
    private final List<TokenizedPassage> passages;
    private final List<Factors> factors;
    private final List<Factors> used = new ArrayList<>();
    private final int tokens;
    private final int longest;

    /** @param factors of each passage; all that are not none have the same ranks */
    CorrectedRun(List<TokenizedPassage> passages, List<Factors> factors) {
        this.passages = passages;
        this.factors = factors;
        int sum = 0;
        int most = 0;
        for (int text = 0; text < passages.size(); text++) {
            if (!factors.get(text).isNone()) {
                used.add(factors.get(text));
                sum += passages.get(text).length();
                most = Math.max(most, passages.get(text).length());
            }
        }
        this.tokens = sum;
        this.longest = most;
        if (new HashSet<>(used).size() == 1) {
            used.subList(1, used.size()).clear();
        }
    }

    /** How many floating-point numbers {@link #addFactors} needs room for: none if there is nothing to be mixed. */
    int numbers() {
        return used.size() < 2 ? 0 : used.size() * used.get(0).numbers();
    }

    /** Adds which tokens are corrected. */
    void addTokens(OrtEnvironment environment, Map<String, OnnxTensor> to) throws OrtException {
        LongBuffer which = DirectBuffers.longs(tokens);
        LongBuffer rows = DirectBuffers.longs(tokens);
        long texts = factors.stream().filter(each -> !each.isNone()).count();
        LongBuffer spread = DirectBuffers.longs(Math.toIntExact(texts * longest));
        int before = 0;
        int text = 0;
        for (int i = 0; i < passages.size(); i++) {
            int length = passages.get(i).length();
            if (!factors.get(i).isNone()) {
                for (int token = 0; token < length; token++) {
                    int place = text * longest + token;
                    spread.put(place, before + token);
                    rows.put(place);
                    which.put(before + token);
                }
                text++;
            }
            before += length;
        }
        to.put(CorrectedGraph.TOKENS, OnnxTensor.createTensor(environment, which.rewind(), new long[] {tokens, 1}));
        to.put(CorrectedGraph.ROWS, OnnxTensor.createTensor(environment, rows.rewind(), new long[] {tokens}));
        to.put(CorrectedGraph.SPREAD, OnnxTensor.createTensor(environment, spread, new long[] {texts, longest}));
    }

    /**
     * Adds the factors of all passages, or once if all have the same.
     *
     * @param room at least {@link #numbers}, outside the heap, and not written until the run has ended
     */
    void addFactors(OrtEnvironment environment, FloatBuffer room, Map<String, OnnxTensor> to) throws OrtException {
        if (used.isEmpty()) {
            return;
        }
        int at = 0;
        for (Map.Entry<String, Factors.Pair> each : used.get(0).byMatrix().entrySet()) {
            Factors.Pair shape = each.getValue();
            FloatBuffer first = shape.first().duplicate();
            FloatBuffer second = shape.second().duplicate();
            if (used.size() > 1) {
                first = room.slice(at, used.size() * first.capacity());
                at += first.capacity();
                second = room.slice(at, used.size() * second.capacity());
                at += second.capacity();
                copy(each.getKey(), first, second);
            }
            long texts = used.size();
            to.put(
                    CorrectedGraph.first(each.getKey()),
                    OnnxTensor.createTensor(environment, first, new long[] {texts, shape.inputs(), shape.rank()}));
            to.put(
                    CorrectedGraph.second(each.getKey()),
                    OnnxTensor.createTensor(environment, second, new long[] {texts, shape.rank(), shape.outputs()}));
        }
    }

    private void copy(String matrix, FloatBuffer first, FloatBuffer second) {
        for (Factors each : used) {
            Factors.Pair own = Objects.requireNonNull(each.byMatrix().get(matrix));
            first.put(own.first().duplicate());
            second.put(own.second().duplicate());
        }
        first.rewind();
        second.rewind();
    }
}
