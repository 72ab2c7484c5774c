// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The inputs of a {@link PackedGraph} for some passages, in direct buffers. For one run, on one thread. */
final class PackedRun {
    private final List<TokenizedPassage> passages;
    private final int tokens;
    private final int longest;
    private final LongBuffer ids;
    private final LongBuffer positions;
    private final LongBuffer types;
    private final LongBuffer spread;
    private final IntBuffer mask;
    private final LongBuffer rows;

    PackedRun(List<TokenizedPassage> passages) {
        this.passages = passages;
        this.tokens = passages.stream().mapToInt(TokenizedPassage::length).sum();
        this.longest =
                passages.stream().mapToInt(TokenizedPassage::length).max().orElse(0);
        this.ids = DirectBuffers.longs(tokens);
        this.positions = DirectBuffers.longs(tokens);
        this.types = DirectBuffers.longs(tokens);
        this.rows = DirectBuffers.longs(tokens);
        this.spread = DirectBuffers.longs(passages.size() * longest);
        this.mask = DirectBuffers.ints(passages.size() * longest);
        fill();
    }

    private void fill() {
        int token = 0;
        for (int text = 0; text < passages.size(); text++) {
            TokenizedPassage passage = passages.get(text);
            for (int i = 0; i < passage.length(); i++) {
                int place = text * longest + i;
                ids.put(token, passage.ids()[i]);
                positions.put(token, i);
                types.put(token, passage.types()[i]);
                rows.put(token, place);
                spread.put(place, token);
                mask.put(place, 1);
                token++;
            }
        }
    }

    /** Number of tokens of all passages. */
    int tokens() {
        return tokens;
    }

    /** The tensors by name; the caller closes them. */
    Map<String, OnnxTensor> tensors(OrtEnvironment environment) throws OrtException {
        long[] ofTokens = {tokens};
        long[] rectangle = {passages.size(), longest};
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        tensors.put("input_ids", OnnxTensor.createTensor(environment, ids, ofTokens));
        tensors.put("position_ids", OnnxTensor.createTensor(environment, positions, ofTokens));
        tensors.put("token_type_ids", OnnxTensor.createTensor(environment, types, ofTokens));
        tensors.put("spread", OnnxTensor.createTensor(environment, spread, rectangle));
        tensors.put("mask", OnnxTensor.createTensor(environment, mask, rectangle));
        tensors.put("rows", OnnxTensor.createTensor(environment, rows, ofTokens));
        return tensors;
    }
}
