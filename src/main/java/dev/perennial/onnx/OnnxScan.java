// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads an ONNX file without running it, and refuses everything that a sentence encoder has no need of: data outside
 * the file, foreign operators, functions, subgraphs, randomness.
 *
 * <p>Weights stay in the mapped file; small parts are parsed into memory, so a hostile file can cost several times its
 * size. Meant for a process of its own (see {@link Canary}).
 */
final class OnnxScan {
    private static final int MAX_NODES = 50_000;
    private static final int MAX_INITIALIZERS = 20_000;
    private static final Set<String> DOMAINS = Set.of("", "ai.onnx", "com.microsoft");
    private static final Set<String> RANDOM = Set.of(
            "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial");
    private static final Set<String> MICROSOFT_OPERATORS = Set.of(
            "Attention",
            "BiasGelu",
            "BiasSplitGelu",
            "DynamicQuantizeMatMul",
            "EmbedLayerNormalization",
            "FastGelu",
            "FusedGemm",
            "FusedMatMul",
            "Gelu",
            "GroupQueryAttention",
            "MatMulIntegerToFloat",
            "MatMulNBits",
            "MultiHeadAttention",
            "QAttention",
            "QEmbedLayerNormalization",
            "QGemm",
            "QLinearAdd",
            "QLinearMul",
            "QuickGelu",
            "RelativePositionBias",
            "RemovePadding",
            "RestorePadding",
            "RotaryEmbedding",
            "SkipLayerNormalization",
            "SkipSimplifiedLayerNormalization");

    private OnnxScan() {}

    /**
     * What the weights are.
     *
     * @param precision {@code fp32} or {@code int8}
     * @param parameters number of weights
     * @param tokenRows rows of the token table, when the graph looks tokens up directly
     */
    record Weights(String precision, long parameters, OptionalLong tokenRows) {}

    /** @throws Refusal.Invalid with the reason */
    static Weights scan(Path file) {
        ModelProto model = parse(file);
        require(model.getFunctionsCount() == 0, "defines functions");
        require(model.getTrainingInfoCount() == 0, "contains training information");
        require(
                model.getOpsetImportList().stream().allMatch(opset -> DOMAINS.contains(opset.getDomain())),
                "imports operators of a foreign domain");
        GraphProto graph = model.getGraph();
        require(graph.getNodeCount() > 0 && graph.getNodeCount() <= MAX_NODES, "has no nodes or too many");
        require(graph.getInitializerCount() <= MAX_INITIALIZERS, "has too many weights tensors");
        require(graph.getSparseInitializerCount() == 0, "has sparse weights");
        graph.getNodeList().forEach(OnnxScan::checkNode);
        graph.getInitializerList().forEach(OnnxScan::checkTensor);
        checkInputs(graph);
        return weights(graph);
    }

    /**
     * The model, its weights in the mapped file.
     *
     * @throws Refusal.Invalid when it is not ONNX
     */
    static ModelProto parse(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            require(channel.size() > 0 && channel.size() < Integer.MAX_VALUE, "is empty or larger than 2 GiB");
            ByteBuffer mapped = channel.map(MapMode.READ_ONLY, 0, channel.size());
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(mapped).newCodedInput();
            in.enableAliasing(true);
            return ModelProto.parseFrom(in);
        } catch (IOException e) {
            throw new Refusal.Invalid("/model", "The model file is not ONNX.");
        }
    }

    private static void checkNode(NodeProto node) {
        require(DOMAINS.contains(node.getDomain()), "uses an operator of a foreign domain");
        if (node.getDomain().equals("com.microsoft")) {
            require(
                    MICROSOFT_OPERATORS.contains(node.getOpType()),
                    "uses a com.microsoft operator other than "
                            + MICROSOFT_OPERATORS.stream().sorted().toList());
        }
        require(!RANDOM.contains(node.getOpType()), "draws random numbers, so that its answers would vary");
        for (AttributeProto attribute : node.getAttributeList()) {
            require(!attribute.hasG() && attribute.getGraphsCount() == 0, "contains a subgraph");
            require(attribute.getRefAttrName().isEmpty(), "refers to attributes of a function");
            require(!attribute.hasSparseTensor() && attribute.getSparseTensorsCount() == 0, "has sparse weights");
            Stream.concat(
                            attribute.hasT() ? Stream.of(attribute.getT()) : Stream.empty(),
                            attribute.getTensorsList().stream())
                    .forEach(OnnxScan::checkTensor);
        }
    }

    private static void checkTensor(TensorProto tensor) {
        require(
                tensor.getDataLocation() == TensorProto.DataLocation.DEFAULT && tensor.getExternalDataCount() == 0,
                "keeps weights outside the file");
        require(tensor.getDimsList().stream().allMatch(size -> size >= 0), "has a weight of negative size");
        require(elements(tensor) <= Integer.MAX_VALUE, "has an absurdly large weight");
    }

    private static void checkInputs(GraphProto graph) {
        Set<String> weights =
                graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
        Set<String> inputs = graph.getInputList().stream()
                .map(ValueInfoProto::getName)
                .filter(name -> !weights.contains(name))
                .collect(Collectors.toSet());
        require(
                inputs.contains("input_ids") && inputs.contains("attention_mask"),
                "does not take input_ids and attention_mask");
        require(
                Set.of("input_ids", "attention_mask", "token_type_ids").containsAll(inputs),
                "takes inputs other than input_ids, attention_mask and token_type_ids");
    }

    private static Weights weights(GraphProto graph) {
        long floats = 0;
        long bytes = 0;
        Map<String, TensorProto> byName = new HashMap<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            byName.put(tensor.getName(), tensor);
            int type = tensor.getDataType();
            boolean half = type == DataType.FLOAT16_VALUE || type == DataType.BFLOAT16_VALUE;
            require(!half, "has half-precision weights; export it as fp32 or int8");
            floats += type == DataType.FLOAT_VALUE ? elements(tensor) : 0;
            bytes += type == DataType.INT8_VALUE || type == DataType.UINT8_VALUE ? elements(tensor) : 0;
        }
        OptionalLong rows = graph.getNodeList().stream()
                .filter(node -> node.getOpType().equals("Gather") && node.getInputCount() == 2)
                .filter(node -> node.getInput(1).equals("input_ids") && byName.containsKey(node.getInput(0)))
                .map(node -> byName.get(node.getInput(0)))
                .filter(table -> table.getDimsCount() == 2)
                .mapToLong(table -> table.getDims(0))
                .min();
        return new Weights(bytes > floats ? "int8" : "fp32", floats + bytes, rows);
    }

    private static long elements(TensorProto tensor) {
        long elements = 1;
        for (long size : tensor.getDimsList()) {
            if (size != 0 && elements > Long.MAX_VALUE / size) {
                return Long.MAX_VALUE;
            }
            elements *= size;
        }
        return elements;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Refusal.Invalid("/model", "The model " + otherwise + ".");
        }
    }
}
