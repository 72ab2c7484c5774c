// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The weights of a BERT encoder, found in the graph that PyTorch exported. Exports keep the names of parameters; those
 * of transposed matrices are found as what is multiplied before a named bias is added.
 */
final class BertGraph {
    private static final String WORDS = "embeddings.word_embeddings.weight";

    private final GraphProto graph;
    private final StoredWeights weights;
    private final Map<String, NodeProto> byOutput = new HashMap<>();
    private final Map<String, NodeProto> firstReader = new HashMap<>();
    private final String prefix;

    private BertGraph(GraphProto graph, StoredWeights weights, String prefix) {
        this.graph = graph;
        this.weights = weights;
        this.prefix = prefix;
        for (NodeProto node : graph.getNodeList()) {
            node.getOutputList().forEach(output -> byOutput.put(output, node));
            node.getInputList().forEach(input -> firstReader.putIfAbsent(input, node));
        }
    }

    /** The names of a matrix and of the bias that is added to what it gives. */
    record Linear(String matrix, String bias) {}

    /** The names of the scale and the bias of a layer normalisation, and what keeps its variance from zero. */
    record Norm(String scale, String bias, float epsilon) {}

    /** One layer of the encoder. */
    record Layer(
            Linear query,
            Linear key,
            Linear value,
            Linear output,
            Norm outputNorm,
            Linear up,
            Linear down,
            Norm downNorm) {}

    /**
     * All weights by name.
     *
     * @param hidden width of the token vectors
     */
    record Weights(String words, String positions, String types, Norm embeddingNorm, List<Layer> layers, long hidden) {}

    /** The weights, unless this is another kind of graph. */
    static Optional<Weights> weights(GraphProto graph, StoredWeights weights) {
        List<String> words = weights.byName().keySet().stream()
                .filter(name -> name.endsWith(WORDS))
                .toList();
        if (words.size() != 1) {
            return Optional.empty();
        }
        String name = words.get(0);
        try {
            return Optional.of(new BertGraph(graph, weights, name.substring(0, name.length() - WORDS.length())).read());
        } catch (UnlikeBert other) {
            return Optional.empty();
        }
    }

    private static final class UnlikeBert extends Exception {
        private static final long serialVersionUID = 1;

        UnlikeBert(String what) {
            super(what, null, false, false);
        }
    }

    private Weights read() throws UnlikeBert {
        String words = matrix(prefix + WORDS);
        long hidden = weights.get(words).dimensions().get(1);
        List<Layer> layers = new ArrayList<>();
        while (weights.byName().containsKey(name(layers.size(), "attention.self.query.bias"))) {
            layers.add(layer(layers.size()));
        }
        requireBert(!layers.isEmpty(), "no layers");
        requireBert(activations() == layers.size(), "another activation");
        requireLast(layers.get(layers.size() - 1).downNorm());
        return new Weights(
                words,
                matrix(prefix + "embeddings.position_embeddings.weight"),
                matrix(prefix + "embeddings.token_type_embeddings.weight"),
                norm(prefix + "embeddings.LayerNorm"),
                List.copyOf(layers),
                hidden);
    }

    private Layer layer(int layer) throws UnlikeBert {
        return new Layer(
                linear(name(layer, "attention.self.query")),
                linear(name(layer, "attention.self.key")),
                linear(name(layer, "attention.self.value")),
                linear(name(layer, "attention.output.dense")),
                norm(name(layer, "attention.output.LayerNorm")),
                linear(name(layer, "intermediate.dense")),
                linear(name(layer, "output.dense")),
                norm(name(layer, "output.LayerNorm")));
    }

    private String name(int layer, String parameter) {
        return prefix + "encoder.layer." + layer + "." + parameter;
    }

    /** Each layer has one exact Gelu, which old exports spell out by the error function. */
    private long activations() {
        Set<String> gelus = new HashSet<>(List.of("Erf", "Gelu"));
        return graph.getNodeList().stream()
                .filter(node -> gelus.contains(node.getOpType()))
                .count();
    }

    private void requireLast(Norm norm) throws UnlikeBert {
        NodeProto reader = reader(norm.bias());
        requireBert(
                graph.getOutputList().stream()
                        .anyMatch(output -> reader.getOutputList().contains(output.getName())),
                "another output");
    }

    private Linear linear(String parameter) throws UnlikeBert {
        String bias = vector(parameter + ".bias");
        NodeProto addition = reader(bias);
        requireBert(addition.getOpType().equals("Add"), "a bias that is not added");
        String product = addition.getInput(0).equals(bias) ? addition.getInput(1) : addition.getInput(0);
        NodeProto multiplication = required(byOutput, product);
        requireBert(
                multiplication.getOpType().equals("MatMul") && multiplication.getInputCount() == 2,
                "a bias without a product");
        return new Linear(matrix(multiplication.getInput(1)), bias);
    }

    private Norm norm(String parameter) throws UnlikeBert {
        String scale = vector(parameter + ".weight");
        return new Norm(scale, vector(parameter + ".bias"), epsilon(reader(scale)));
    }

    /** From one node, or from the constant below the square root that old exports divide by. */
    private float epsilon(NodeProto scaling) throws UnlikeBert {
        if (scaling.getOpType().equals("LayerNormalization")) {
            return scaling.getAttributeList().stream()
                    .filter(attribute -> attribute.getName().equals("epsilon"))
                    .findFirst()
                    .map(AttributeProto::getF)
                    .orElse(1e-5f);
        }
        NodeProto division = producer(scaling, "Div");
        NodeProto root = producer(division, "Sqrt");
        NodeProto sum = producer(root, "Add");
        for (String input : sum.getInputList()) {
            OptionalInt bits = scalar(input);
            if (bits.isPresent()) {
                return Float.intBitsToFloat(bits.getAsInt());
            }
        }
        throw new UnlikeBert("no epsilon");
    }

    private OptionalInt scalar(String value) {
        NodeProto node = byOutput.get(value);
        if (node == null || !node.getOpType().equals("Constant") || node.getAttributeCount() != 1) {
            return OptionalInt.empty();
        }
        TensorProto tensor = node.getAttribute(0).getT();
        boolean isScalar = tensor.getDataType() == DataType.FLOAT_VALUE
                && tensor.getRawData().size() == Float.BYTES;
        return isScalar
                ? OptionalInt.of(Integer.reverseBytes(
                        tensor.getRawData().asReadOnlyByteBuffer().getInt()))
                : OptionalInt.empty();
    }

    private NodeProto producer(NodeProto node, String operator) throws UnlikeBert {
        for (String input : node.getInputList()) {
            NodeProto producer = byOutput.get(input);
            if (producer != null && producer.getOpType().equals(operator)) {
                return producer;
            }
        }
        throw new UnlikeBert("no " + operator);
    }

    private NodeProto reader(String weight) throws UnlikeBert {
        return required(firstReader, weight);
    }

    private static NodeProto required(Map<String, NodeProto> nodes, String value) throws UnlikeBert {
        NodeProto node = nodes.get(value);
        if (node == null) {
            throw new UnlikeBert("a value without a node");
        }
        return node;
    }

    private String matrix(String name) throws UnlikeBert {
        return stored(name, 2);
    }

    private String vector(String name) throws UnlikeBert {
        return stored(name, 1);
    }

    private String stored(String name, int rank) throws UnlikeBert {
        requireBert(
                weights.find(name)
                        .filter(weight -> weight.type() == DataType.FLOAT_VALUE)
                        .filter(weight -> weight.dimensions().size() == rank)
                        .isPresent(),
                "a weight that is missing");
        return name;
    }

    private static void requireBert(boolean holds, String otherwise) throws UnlikeBert {
        if (!holds) {
            throw new UnlikeBert(otherwise);
        }
    }
}
