// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Products of bytes, over {@link QuantisedWeights}.
 *
 * <p>Each token vector is rounded to bytes by a scale of its own, made of nothing but that vector, and bytes are summed
 * exactly: so a text's numbers depend on nothing beside it. Scales of whole runs, which are usual, would let them. No
 * scale is learnt from texts either.
 */
final class ByteProducts implements Products {
    private static final int BYTE = 255;

    /** What stands for zero where numbers of both signs are expected, and as many steps on either side. */
    private static final int MIDDLE = 128;

    /** What stands for zero after a Gelu. */
    private static final int LOW = 16;

    private static final float LEAST_GELU = 0.17f;
    private static final float TINY = 1e-9f;

    private final GraphNodes nodes;
    private final Map<Integer, String> zerosByByte = new HashMap<>();

    ByteProducts(GraphNodes nodes) {
        this.nodes = nodes;
    }

    @Override
    public String lookUp(String table, String ids) {
        String bytes = nodes.node("Gather", nodes.weight(table), ids);
        String floats = nodes.add(
                NodeProto.newBuilder().setOpType("Cast").addInput(bytes).addAttribute(GraphNodes.attribute("to", (long)
                        DataType.FLOAT_VALUE)));
        return nodes.node("Mul", floats, nodes.node("Gather", nodes.weight(QuantisedWeights.scales(table)), ids));
    }

    @Override
    public Factor factor(String x) {
        return rounded(x, nodes.node("Abs", x), new Steps(MIDDLE, TINY));
    }

    @Override
    public Factor activeFactor(String x) {
        return rounded(x, x, new Steps(LOW, LEAST_GELU / LOW));
    }

    /**
     * Where zero lies among the bytes.
     *
     * @param zero the byte that stands for it
     * @param leastScale below which no scale is, so that the least number is no less than the byte zero
     */
    private record Steps(int zero, float leastScale) {
        int up() {
            return BYTE - zero;
        }
    }

    private Factor rounded(String x, String sizes, Steps steps) {
        String largest = nodes.add(NodeProto.newBuilder()
                .setOpType("ReduceMax")
                .addInput(sizes)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("axes")
                        .setType(AttributeType.INTS)
                        .addInts(1))
                .addAttribute(GraphNodes.attribute("keepdims", 0L)));
        String step = nodes.number("a step of " + steps.up(), 1f / steps.up());
        String least = nodes.number("least scale from " + steps.zero(), steps.leastScale());
        String scales = nodes.node("Max", nodes.node("Mul", largest, step), least);
        String rows = nodes.add(NodeProto.newBuilder()
                .setOpType("QuantizeLinear")
                .addAllInput(List.of(x, scales, zeros(scales, steps.zero())))
                .addAttribute(GraphNodes.attribute("axis", 0L)));
        String zero = nodes.unsignedByte("zero at " + steps.zero(), steps.zero());
        return new Factor(rows, zero, nodes.node("Reshape", scales, nodes.integers("a column", -1, 1)));
    }

    /** The byte that stands for zero, once a row. */
    private String zeros(String scales, int zero) {
        return zerosByByte.computeIfAbsent(
                zero,
                value -> nodes.add(NodeProto.newBuilder()
                        .setOpType("ConstantOfShape")
                        .addInput(nodes.node("Shape", scales))
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("value")
                                .setType(AttributeType.TENSOR)
                                .setT(TensorProto.newBuilder()
                                        .setDataType(DataType.UINT8_VALUE)
                                        .addDims(1)
                                        .setRawData(ByteString.copyFrom(new byte[] {(byte) zero}))))));
    }

    @Override
    public String product(Factor factor, String matrix) {
        String ofBytes = nodes.fused(
                "MatMulIntegerToFloat",
                List.of(
                        factor.rows(),
                        nodes.weight(matrix),
                        nodes.number("one", 1),
                        nodes.weight(QuantisedWeights.scales(matrix)),
                        factor.zero()));
        return nodes.node("Mul", ofBytes, factor.scales());
    }

    @Override
    public String sum(Factor factor, BertGraph.Linear linear) {
        return nodes.node("Add", product(factor, linear.matrix()), nodes.weight(linear.bias()));
    }
}
