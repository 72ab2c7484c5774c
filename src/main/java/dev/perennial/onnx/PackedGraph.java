// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the graph of a BERT encoder anew, for several texts in one row without padding.
 *
 * <p>What is done to each token by itself (all matrices, normalisations and activations) runs over the tokens of all
 * texts, one after another. Only attention looks at several tokens: for it they are spread into a rectangle of texts,
 * and gathered again. So a text's numbers are made of the same sums, in the same order, whatever else is in the run.
 * The weights lie in a file: that of the original graph, or one of {@link QuantisedWeights}.
 *
 * <p>Inputs, with N tokens of B texts of at most T tokens: {@code input_ids}, {@code position_ids} and
 * {@code token_type_ids} of N; {@code spread} of B times T, which token goes where in the rectangle; {@code mask} of B
 * times T, 1 where there is a token; {@code rows} of N, the place of each token in the rectangle. Output:
 * {@code states}, N token vectors.
 */
final class PackedGraph {
    /** To be increased whenever another graph is written for the same weights. */
    static final int VERSION = 1;

    static final String STATES = "states";

    private static final String HEADS = "num_heads";

    private final GraphNodes nodes;
    private final Products products;

    private PackedGraph(GraphNodes nodes, Products products) {
        this.nodes = nodes;
        this.products = products;
    }

    /**
     * Serialises the graph.
     *
     * @param nodes none yet
     * @param products how it multiplies, by nodes that it adds to the same ones
     * @param heads attention heads of a layer
     */
    static byte[] write(BertGraph.Weights weights, GraphNodes nodes, Products products, int heads) {
        PackedGraph packed = new PackedGraph(nodes, products);
        packed.declareInputs();
        packed.connect(weights, heads);
        return nodes.model();
    }

    /** How many heads the attention of a written graph has. */
    static int heads(byte[] graph) {
        try {
            return ModelProto.parseFrom(graph).getGraph().getNodeList().stream()
                    .map(NodeProto::getAttributeList)
                    .flatMap(List::stream)
                    .filter(attribute -> attribute.getName().equals(HEADS))
                    .mapToInt(attribute -> (int) attribute.getI())
                    .findFirst()
                    .orElseThrow();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("not a graph that was written here", e);
        }
    }

    private void declareInputs() {
        nodes.input("input_ids", DataType.INT64, "tokens");
        nodes.input("position_ids", DataType.INT64, "tokens");
        nodes.input("token_type_ids", DataType.INT64, "tokens");
        nodes.input("spread", DataType.INT64, "texts", "longest");
        nodes.input("mask", DataType.INT32, "texts", "longest");
        nodes.input("rows", DataType.INT64, "tokens");
    }

    private void connect(BertGraph.Weights weights, int heads) {
        String flat = nodes.integers("flat", -1, weights.hidden());
        String word = products.lookUp(weights.words(), "input_ids");
        String type = nodes.node("Gather", nodes.weight(weights.types()), "token_type_ids");
        String position = nodes.node("Gather", nodes.weight(weights.positions()), "position_ids");
        String x = normalised(nodes.node("Add", word, type), position, "", weights.embeddingNorm());
        for (BertGraph.Layer layer : weights.layers()) {
            Products.Factor factor = products.factor(x);
            String rectangle = attention(
                    spread(products.sum(factor, layer.query())),
                    spread(products.sum(factor, layer.key())),
                    spread(products.sum(factor, layer.value())),
                    heads);
            x = layerEnd(layer, x, nodes.node("Gather", nodes.node("Reshape", rectangle, flat), "rows"));
        }
        nodes.output(x, STATES, weights.hidden());
    }

    private String layerEnd(BertGraph.Layer layer, String residual, String attended) {
        String output =
                products.product(products.factor(attended), layer.output().matrix());
        String x = normalised(residual, output, nodes.weight(layer.output().bias()), layer.outputNorm());
        String up = products.product(products.factor(x), layer.up().matrix());
        String active =
                nodes.fused("BiasGelu", List.of(up, nodes.weight(layer.up().bias())));
        String down =
                products.product(products.activeFactor(active), layer.down().matrix());
        return normalised(x, down, nodes.weight(layer.down().bias()), layer.downNorm());
    }

    private String spread(String tokens) {
        return nodes.node("Gather", tokens, "spread");
    }

    private String attention(String query, String key, String value, int heads) {
        return nodes.fused(
                "MultiHeadAttention", List.of(query, key, value, "", "mask"), GraphNodes.attribute(HEADS, heads));
    }

    /** The normalised sum of {@code x}, {@code y} and a bias; the bias may be absent. */
    private String normalised(String x, String y, String bias, BertGraph.Norm norm) {
        List<String> inputs = new ArrayList<>(List.of(x, y, nodes.weight(norm.scale()), nodes.weight(norm.bias())));
        if (!bias.isEmpty()) {
            inputs.add(bias);
        }
        AttributeProto.Builder epsilon = GraphNodes.attribute("epsilon", norm.epsilon());
        return nodes.fused("SkipLayerNormalization", inputs, epsilon);
    }
}
