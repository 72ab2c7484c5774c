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
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The nodes of a graph that is being written, with weights that lie in a file beside it. For one thread. */
final class GraphNodes {
    static final String MICROSOFT = "com.microsoft";

    private static final int OPERATORS = 14;
    private static final int FORMAT = 8;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("packed");
    private final Set<String> written = new HashSet<>();
    private final StoredWeights stored;
    private final String file;
    private int values;

    /** @param file name of the file that holds the weights, beside which the graph is to be opened */
    GraphNodes(StoredWeights stored, String file) {
        this.stored = stored;
        this.file = file;
    }

    byte[] model() {
        return ModelProto.newBuilder()
                .setIrVersion(FORMAT)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATORS))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    void input(String name, DataType type, String... axes) {
        graph.addInput(value(name, type, axes));
    }

    /** Names a value as the output: rows of a known width, as many as there are tokens. */
    void output(String of, String name, long width) {
        graph.addNode(NodeProto.newBuilder().setOpType("Identity").addInput(of).addOutput(name));
        ValueInfoProto.Builder output = value(name, DataType.FLOAT, "tokens");
        output.getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .addDim(Dimension.newBuilder().setDimValue(width));
        graph.addOutput(output);
    }

    /** Adds an operator of ONNX itself and gives the name of what it computes. */
    String node(String operator, String... inputs) {
        return add(NodeProto.newBuilder().setOpType(operator).addAllInput(List.of(inputs)));
    }

    /** Adds a fused operator of ONNX Runtime. */
    String fused(String operator, List<String> inputs, AttributeProto.Builder... attributes) {
        NodeProto.Builder node =
                NodeProto.newBuilder().setDomain(MICROSOFT).setOpType(operator).addAllInput(inputs);
        for (AttributeProto.Builder attribute : attributes) {
            node.addAttribute(attribute);
        }
        return add(node);
    }

    String add(NodeProto.Builder node) {
        String output = "value " + values++;
        graph.addNode(node.addOutput(output));
        return output;
    }

    static AttributeProto.Builder attribute(String name, long number) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INT)
                .setI(number);
    }

    static AttributeProto.Builder attribute(String name, float number) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.FLOAT)
                .setF(number);
    }

    /** Refers to a weight in the file. */
    String weight(String name) {
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

    String integers(String name, long... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(numbers);
        return constant(name, DataType.INT64_VALUE, numbers.length, bytes);
    }

    /** A vector of one number. */
    String number(String name, float number) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(0, number);
        return constant(name, DataType.FLOAT_VALUE, 1, bytes);
    }

    /** A vector of one unsigned byte. */
    String unsignedByte(String name, int number) {
        return constant(name, DataType.UINT8_VALUE, 1, ByteBuffer.wrap(new byte[] {(byte) number}));
    }

    private String constant(String name, int type, long length, ByteBuffer bytes) {
        if (written.add(name)) {
            graph.addInitializer(TensorProto.newBuilder()
                    .setName(name)
                    .setDataType(type)
                    .addDims(length)
                    .setRawData(ByteString.copyFrom(bytes)));
        }
        return name;
    }

    /** A value of a type, with names for the lengths of its axes. */
    static ValueInfoProto.Builder value(String name, DataType type, String... axes) {
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
