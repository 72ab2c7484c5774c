// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A {@link PackedGraph} that also takes corrections of low rank of some of its matrices, others for each text.
 *
 * <p>Each text is multiplied by its own factors, in one batch of small matrices, and only the tokens of texts that have
 * any are touched. So a text's numbers are made of the same sums whatever else is in the run, and those of a text
 * without corrections are the ones of the packed graph. (Factors of all texts side by side in one matrix, with a mask,
 * would be summed in blocks whose size depends on how many they are.)
 *
 * <p>Further inputs, with M tokens of C texts that are corrected, of at most L tokens: {@code corrected} of M times 1,
 * which tokens of the run they are; {@code corrected spread} of C times L, which token of the run goes where in a
 * rectangle; {@code corrected rows} of M, the place of each of them in it; and for each matrix its two factors, of 1 or
 * C times inputs times rank, and times rank times outputs.
 */
final class CorrectedGraph {
    /** To be increased whenever another graph is written for the same corrections. */
    static final int VERSION = 1;

    static final String TOKENS = "corrected";
    static final String SPREAD = "corrected spread";
    static final String ROWS = "corrected rows";

    private static final Set<String> PRODUCTS = Set.of("MatMul", "Gemm");

    private final GraphProto.Builder graph;
    private final Map<String, List<Long>> matrices;
    private final Map<String, String> rectangles = new HashMap<>();
    private final Set<Long> widths = new HashSet<>();

    private CorrectedGraph(GraphProto packed, Map<String, List<Long>> matrices) {
        this.graph = packed.toBuilder().clearNode();
        this.matrices = matrices;
    }

    /**
     * Serialises the graph.
     *
     * @param packed graph in single precision
     * @param matrices which are corrected, of those of {@link #matrices}
     */
    static byte[] of(byte[] packed, Map<String, List<Long>> matrices) {
        ModelProto model = parse(packed);
        CorrectedGraph corrected = new CorrectedGraph(model.getGraph(), matrices);
        corrected.write(model.getGraph().getNodeList());
        return model.toBuilder().setGraph(corrected.graph).build().toByteArray();
    }

    /** The matrices of a packed graph that can be corrected, with their numbers of rows and columns. */
    static Map<String, List<Long>> matrices(byte[] packed) {
        GraphProto graph = parse(packed).getGraph();
        Set<String> factors = graph.getNodeList().stream()
                .filter(node -> PRODUCTS.contains(node.getOpType()))
                .map(node -> node.getInput(1))
                .collect(Collectors.toSet());
        return graph.getInitializerList().stream()
                .filter(matrix -> matrix.getDimsCount() == 2 && matrix.getDataType() == DataType.FLOAT_VALUE)
                .filter(matrix -> factors.contains(matrix.getName()))
                .collect(Collectors.toMap(TensorProto::getName, TensorProto::getDimsList));
    }

    static String first(String matrix) {
        return matrix + "#A";
    }

    static String second(String matrix) {
        return matrix + "#B";
    }

    private static ModelProto parse(byte[] packed) {
        try {
            return ModelProto.parseFrom(packed);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("not a graph that was written here", e);
        }
    }

    private void write(List<NodeProto> nodes) {
        graph.addInput(GraphNodes.value(TOKENS, DataType.INT64, "corrected tokens", "one"));
        graph.addInput(GraphNodes.value(SPREAD, DataType.INT64, "corrected texts", "longest corrected"));
        graph.addInput(GraphNodes.value(ROWS, DataType.INT64, "corrected tokens"));
        for (NodeProto node : nodes) {
            if (PRODUCTS.contains(node.getOpType()) && matrices.containsKey(node.getInput(1))) {
                correct(node);
            } else {
                graph.addNode(node);
            }
        }
    }

    private void correct(NodeProto product) {
        String matrix = product.getInput(1);
        String y = product.getOutput(0);
        String raw = y + " uncorrected";
        graph.addInput(factor(first(matrix)));
        graph.addInput(factor(second(matrix)));
        graph.addNode(product.toBuilder().setOutput(0, raw));
        String low = node("MatMul", y + " of low rank", rectangle(product.getInput(0)), first(matrix));
        String spread = node("MatMul", y + " spread", low, second(matrix));
        String flat = node(
                "Reshape",
                y + " flat",
                spread,
                shape(Objects.requireNonNull(matrices.get(matrix)).get(1)));
        String added = node("Gather", y + " added", flat, ROWS);
        String corrected = node("Add", y + " corrected", node("GatherND", y + " chosen", raw, TOKENS), added);
        node("ScatterND", y, raw, TOKENS, corrected);
    }

    /** Batches of matrices with all axes unknown. */
    private static ValueInfoProto.Builder factor(String name) {
        return GraphNodes.value(name, DataType.FLOAT, name + " texts", name + " rows", name + " columns");
    }

    /** Tokens that several matrices multiply are spread once. */
    private String rectangle(String x) {
        return rectangles.computeIfAbsent(x, tokens -> node("Gather", tokens + " in texts", tokens, SPREAD));
    }

    private String shape(long width) {
        String name = "rows of " + width;
        if (widths.add(width)) {
            graph.addInitializer(TensorProto.newBuilder()
                    .setName(name)
                    .setDataType(DataType.INT64_VALUE)
                    .addDims(2)
                    .addInt64Data(-1)
                    .addInt64Data(width));
        }
        return name;
    }

    private String node(String operator, String output, String... inputs) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(operator)
                .addAllInput(List.of(inputs))
                .addOutput(output));
        return output;
    }
}
