// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes the graph of a BERT encoder anew, for several texts in one row without padding.
 *
 * <p>What is done to each token by itself (all matrices, normalisations and activations) runs over the tokens of all
 * texts, one after another. Only attention looks at several tokens: for it they are spread into a rectangle of texts,
 * and gathered again. So a text's numbers are made of the same sums, in the same order, whatever else is in the run.
 * The weights stay in the file of the original graph.
 *
 * <p>Inputs, with N tokens of B texts of at most T tokens: {@code input_ids}, {@code position_ids} and
 * {@code token_type_ids} of N; {@code spread} of B times T, which token goes where in the rectangle; {@code mask} of B
 * times T, 1 where there is a token; {@code rows} of N, the place of each token in the rectangle. Where only first
 * tokens are read, also {@code firsts} of B, which tokens these are. Output: {@code states}, N token vectors, or B of
 * the first tokens.
 */
final class PackedGraph {
    /** To be increased whenever another graph is written for the same weights. */
    static final int VERSION = 1;

    static final String STATES = "states";

    private static final String MICROSOFT = "com.microsoft";
    private static final int OPERATORS = 14;
    private static final int FORMAT = 8;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("packed");
    private final Set<String> written = new HashSet<>();
    private final StoredWeights stored;
    private final String file;
    private int values;

    private PackedGraph(StoredWeights stored, String file) {
        this.stored = stored;
        this.file = file;
    }

    /**
     * Serialises the graph.
     *
     * @param file name of the file that holds the weights, beside which the graph is to be opened
     * @param heads attention heads of a layer
     */
    static byte[] write(BertGraph.Weights weights, StoredWeights stored, String file, int heads) {
        PackedGraph packed = new PackedGraph(stored, file);
        packed.declareInputs();
        packed.declareOutput(weights.hidden());
        packed.connect(weights, heads);
        return ModelProto.newBuilder()
                .setIrVersion(FORMAT)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATORS))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1))
                .setGraph(packed.graph)
                .build()
                .toByteArray();
    }

    private void declareInputs() {
        graph.addInput(value("input_ids", DataType.INT64, "tokens"));
        graph.addInput(value("position_ids", DataType.INT64, "tokens"));
        graph.addInput(value("token_type_ids", DataType.INT64, "tokens"));
        graph.addInput(value("spread", DataType.INT64, "texts", "longest"));
        graph.addInput(value("mask", DataType.INT32, "texts", "longest"));
        graph.addInput(value("rows", DataType.INT64, "tokens"));
    }

    private void declareOutput(long hidden) {
        ValueInfoProto.Builder output = value(STATES, DataType.FLOAT, "tokens");
        output.getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .addDim(Dimension.newBuilder().setDimValue(hidden));
        graph.addOutput(output);
    }

    private void connect(BertGraph.Weights weights, int heads) {
        String flat = integers("flat", -1, weights.hidden());
        String word = node("", "Gather", weight(weights.words()), "input_ids");
        String type = node("", "Gather", weight(weights.types()), "token_type_ids");
        String position = node("", "Gather", weight(weights.positions()), "position_ids");
        String x = normalised(node("", "Add", word, type), position, "", weights.embeddingNorm());
        for (BertGraph.Layer layer : weights.layers()) {
            String rectangle = attention(
                    spread(linear(x, layer.query())),
                    spread(linear(x, layer.key())),
                    spread(linear(x, layer.value())),
                    heads);
            x = layerEnd(layer, x, node("", "Gather", node("", "Reshape", rectangle, flat), "rows"));
        }
        graph.addNode(NodeProto.newBuilder().setOpType("Identity").addInput(x).addOutput(STATES));
    }

    private String layerEnd(BertGraph.Layer layer, String residual, String attended) {
        String output = node("", "MatMul", attended, weight(layer.output().matrix()));
        String x = normalised(residual, output, weight(layer.output().bias()), layer.outputNorm());
        String up = node("", "MatMul", x, weight(layer.up().matrix()));
        String active = node(MICROSOFT, "BiasGelu", up, weight(layer.up().bias()));
        String down = node("", "MatMul", active, weight(layer.down().matrix()));
        return normalised(x, down, weight(layer.down().bias()), layer.downNorm());
    }

    private String linear(String x, BertGraph.Linear linear) {
        return node("", "Gemm", x, weight(linear.matrix()), weight(linear.bias()));
    }

    private String spread(String tokens) {
        return node("", "Gather", tokens, "spread");
    }

    private String attention(String query, String key, String value, int heads) {
        NodeProto.Builder node = NodeProto.newBuilder()
                .setDomain(MICROSOFT)
                .setOpType("MultiHeadAttention")
                .addAllInput(List.of(query, key, value, "", "mask"))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("num_heads")
                        .setType(AttributeType.INT)
                        .setI(heads));
        return add(node);
    }

    /** The normalised sum of {@code x}, {@code y} and a bias; the bias may be absent. */
    private String normalised(String x, String y, String bias, BertGraph.Norm norm) {
        List<String> inputs = new ArrayList<>(List.of(x, y, weight(norm.scale()), weight(norm.bias())));
        if (!bias.isEmpty()) {
            inputs.add(bias);
        }
        NodeProto.Builder node = NodeProto.newBuilder()
                .setDomain(MICROSOFT)
                .setOpType("SkipLayerNormalization")
                .addAllInput(inputs)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("epsilon")
                        .setType(AttributeType.FLOAT)
                        .setF(norm.epsilon()));
        return add(node);
    }

    private String node(String domain, String operator, String... inputs) {
        return add(NodeProto.newBuilder().setDomain(domain).setOpType(operator).addAllInput(List.of(inputs)));
    }

    private String add(NodeProto.Builder node) {
        String output = "value " + values++;
        graph.addNode(node.addOutput(output));
        return output;
    }

    /** Refers to a weight in the original file. */
    private String weight(String name) {
        if (written.add(name)) {
            StoredWeights.Weight weight = stored.get(name);
            graph.addInitializer(TensorProto.newBuilder()
                    .setName(name)
                    .setDataType(weight.type())
                    .addAllDims(weight.dimensions())
                    .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                    .addExternalData(entry("location", file))
                    .addExternalData(entry("offset", Long.toString(weight.offset())))
                    .addExternalData(entry("length", Long.toString(weight.length()))));
        }
        return name;
    }

    private static StringStringEntryProto.Builder entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
    }

    private String integers(String name, long... numbers) {
        if (written.add(name)) {
            ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asLongBuffer().put(numbers);
            graph.addInitializer(TensorProto.newBuilder()
                    .setName(name)
                    .setDataType(DataType.INT64_VALUE)
                    .addDims(numbers.length)
                    .setRawData(ByteString.copyFrom(bytes)));
        }
        return name;
    }

    private static ValueInfoProto.Builder value(String name, DataType type, String... axes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (String axis : axes) {
            shape.addDim(Dimension.newBuilder().setDimParam(axis));
        }
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor));
    }
}
