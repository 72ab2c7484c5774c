// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.perennial.refusal.Refusal;
import java.util.Map;
import java.util.Set;

/**
 * What a session takes and gives.
 *
 * @param inputs names of its inputs, a subset of {@code input_ids, attention_mask, token_type_ids}
 * @param output name of the output that is read
 * @param pooled whether that output is one vector a text, instead of one a token
 */
record Graph(Set<String> inputs, String output, boolean pooled) {
    private static final Set<String> KNOWN_INPUTS = Set.of("input_ids", "attention_mask", "token_type_ids");
    private static final String TOKENS = "last_hidden_state";
    private static final String SENTENCE = "sentence_embedding";

    /** @throws Refusal.Invalid when the graph is not a sentence encoder */
    static Graph of(OrtSession session) throws OrtException {
        Map<String, NodeInfo> inputs = session.getInputInfo();
        for (NodeInfo input : inputs.values()) {
            if (!KNOWN_INPUTS.contains(input.getName()) || !isTensor(input, OnnxJavaType.INT64, 2)) {
                throw new Refusal.Invalid(
                        "/model",
                        "The model must take only INT64 [batch, sequence] inputs named " + KNOWN_INPUTS + ".");
            }
        }
        if (!inputs.containsKey("input_ids") || !inputs.containsKey("attention_mask")) {
            throw new Refusal.Invalid("/model", "The model must take input_ids and attention_mask.");
        }
        NodeInfo output = output(session.getOutputInfo());
        return new Graph(Set.copyOf(inputs.keySet()), output.getName(), isTensor(output, OnnxJavaType.FLOAT, 2));
    }

    private static NodeInfo output(Map<String, NodeInfo> outputs) {
        if (outputs.containsKey(TOKENS) && isTensor(outputs.get(TOKENS), OnnxJavaType.FLOAT, 3)) {
            return outputs.get(TOKENS);
        }
        if (outputs.containsKey(SENTENCE) && isTensor(outputs.get(SENTENCE), OnnxJavaType.FLOAT, 2)) {
            return outputs.get(SENTENCE);
        }
        return outputs.values().stream()
                .filter(output -> isTensor(output, OnnxJavaType.FLOAT, 3))
                .findFirst()
                .orElseThrow(() -> new Refusal.Invalid(
                        "/model",
                        "The model must give FLOAT '" + TOKENS + "' [batch, sequence, dimension] or '" + SENTENCE
                                + "' [batch, dimension]."));
    }

    private static boolean isTensor(NodeInfo node, OnnxJavaType type, int rank) {
        return node.getInfo() instanceof TensorInfo tensor && tensor.type == type && tensor.getShape().length == rank;
    }
}
