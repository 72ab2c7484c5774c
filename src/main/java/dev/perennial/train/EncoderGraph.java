// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An encoder's graph with names for its weights, and with pooling to unit vectors written behind it. Exports name
 * biases but call transposed matrices {@code onnx::MatMul_787}: such a matrix is named after the bias that is added to
 * its product.
 */
final class EncoderGraph {
    static final String IDS = "input_ids";
    static final String MASK = "attention_mask";
    static final String TYPES = "token_type_ids";

    private static final List<String> OUTPUTS = List.of("last_hidden_state", "sentence_embedding");
    private static final String BIAS = ".bias";
    private static final int VECTOR = 2;
    private static final int AXES_AS_OPERANDS = 13;

    private final Network network;
    private final Map<String, String> constantByName;
    private final ValueInfoProto output;

    private EncoderGraph(Network network, Map<String, String> constantByName, ValueInfoProto output) {
        this.network = network;
        this.constantByName = Map.copyOf(constantByName);
        this.output = output;
    }

    /**
     * Maps a model file and reads its graph.
     *
     * @throws Refusal.Invalid when the file is not ONNX
     */
    static ModelProto parse(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(channel.map(MapMode.READ_ONLY, 0, channel.size()))
                    .newCodedInput();
            in.enableAliasing(true);
            return ModelProto.parseFrom(in);
        } catch (IOException e) {
            throw new Refusal.Invalid("/model", "The model file is not ONNX.");
        }
    }

    /** @throws Refusal.Invalid when it is not the graph of a sentence encoder in floating point */
    static EncoderGraph of(ModelProto model) {
        Network network = Network.of(model, "training ");
        if (network.input(IDS).isEmpty() || network.input(MASK).isEmpty()) {
            throw new Refusal.Invalid("/model", "The model must take input_ids and attention_mask.");
        }
        List<ValueInfoProto> outputs = model.getGraph().getOutputList();
        ValueInfoProto output = OUTPUTS.stream()
                .flatMap(name -> outputs.stream().filter(each -> each.getName().equals(name)))
                .findFirst()
                .orElseGet(() -> outputs.get(0));
        return new EncoderGraph(network, names(network), output);
    }

    private static Map<String, String> names(Network network) {
        Map<String, String> constantByName = new HashMap<>();
        network.constants().forEach((name, tensor) -> {
            if (tensor.getDataType() == DataType.FLOAT_VALUE && tensor.getDimsCount() > 0) {
                constantByName.put(name, name);
            }
        });
        Map<String, NodeProto> products = new HashMap<>();
        for (NodeProto node : network.nodes()) {
            if (node.getOpType().equals("MatMul")) {
                products.put(node.getOutput(0), node);
            } else if (node.getOpType().equals("Add")) {
                nameFactor(node.getInput(0), products.get(node.getInput(1)), constantByName);
                nameFactor(node.getInput(1), products.get(node.getInput(0)), constantByName);
            }
        }
        return constantByName;
    }

    private static void nameFactor(String bias, @Nullable NodeProto product, Map<String, String> constantByName) {
        if (product != null && bias.endsWith(BIAS) && constantByName.containsKey(bias)) {
            String factor = product.getInput(1);
            if (constantByName.remove(factor) != null) {
                constantByName.put(bias.substring(0, bias.length() - BIAS.length()) + ".weight", factor);
            }
        }
    }

    Network network() {
        return network;
    }

    /** Weights of single precision: the constants that hold them, by their names, in the order of these. */
    Map<String, String> constantByName() {
        return new TreeMap<>(constantByName);
    }

    TensorProto weight(String name) {
        return Optional.ofNullable(constantByName.get(name))
                .flatMap(network::constant)
                .orElseThrow(() -> new IllegalArgumentException("no weight " + name));
    }

    /** Name of what the model itself gives. */
    String output() {
        return output.getName();
    }

    /** Whether the model itself gives one vector a text. */
    boolean isPooled() {
        return output.getType().getTensorType().getShape().getDimCount() == VECTOR;
    }

    /**
     * Writes pooling behind the output. Sums do for means: only the direction is kept.
     *
     * @return name of the vectors of unit length
     */
    String poolToUnitVectors(Pooling pooling) {
        String pooled = isPooled() ? output() : pooled(pooling);
        String squares = sumOverLastOfTwo(network.node("Mul", pooled, pooled));
        return network.node("Div", pooled, network.node("Sqrt", squares));
    }

    /** Old operators take axes as attributes. */
    private String sumOverLastOfTwo(String value) {
        return network.operators() < AXES_AS_OPERANDS
                ? network.node("ReduceSum", List.of(value), Attributes.of("axes", new long[] {1}))
                : network.node("ReduceSum", value, network.longs(1));
    }

    private String pooled(Pooling pooling) {
        if (pooling == Pooling.CLS) {
            String first = network.constant(TensorProto.newBuilder()
                    .setName(network.name("first"))
                    .setDataType(DataType.INT64_VALUE)
                    .addInt64Data(0)
                    .build());
            return network.node("Gather", List.of(output(), first), Attributes.of("axis", 1L));
        }
        String mask = network.node("Cast", List.of(MASK), Attributes.of("to", (long) DataType.FLOAT_VALUE));
        String row = network.node("Reshape", mask, network.longs(0, 1, -1));
        return network.node("Reshape", network.node("MatMul", row, output()), network.longs(0, -1));
    }
}
