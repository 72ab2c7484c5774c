// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.perennial.encode.TokenSequence;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Texts that run together, padded to the longest, as the runtime takes them. */
final class TokenBatch {
    private TokenBatch() {}

    static Map<String, OnnxTensor> tensors(OrtEnvironment environment, List<TokenSequence> texts) throws OrtException {
        int length = texts.stream().mapToInt(TokenSequence::length).max().orElseThrow();
        LongBuffer ids = longs(texts.size() * length);
        LongBuffer mask = longs(texts.size() * length);
        LongBuffer types = longs(texts.size() * length);
        for (int row = 0; row < texts.size(); row++) {
            TokenSequence text = texts.get(row);
            for (int i = 0; i < text.length(); i++) {
                ids.put(row * length + i, text.ids()[i]);
                mask.put(row * length + i, 1);
                types.put(row * length + i, text.types()[i]);
            }
        }
        long[] shape = {texts.size(), length};
        Map<String, OnnxTensor> tensors = new HashMap<>();
        tensors.put(EncoderGraph.IDS, OnnxTensor.createTensor(environment, ids, shape));
        tensors.put(EncoderGraph.MASK, OnnxTensor.createTensor(environment, mask, shape));
        tensors.put(EncoderGraph.TYPES, OnnxTensor.createTensor(environment, types, shape));
        return tensors;
    }

    private static LongBuffer longs(int count) {
        return bytes(count * Long.BYTES).asLongBuffer();
    }

    /** Zeros outside the heap, which the runtime reads and writes without a copy. */
    static FloatBuffer floats(int count) {
        return bytes(Math.multiplyExact(count, Float.BYTES)).asFloatBuffer();
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocateDirect(count).order(ByteOrder.nativeOrder());
    }
}
