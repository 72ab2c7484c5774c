// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes layer normalisations and exact Gelus, which old exports spell out by a dozen operators, as the one operator of
 * ONNX Runtime that each of them is. The runtime does the same by itself, but not where values on the way are kept for
 * derivatives. Less is computed and kept this way; what is no longer read stays behind and is dropped by the runtime.
 */
final class Fusion {
    private static final String MICROSOFT = "com.microsoft";
    private static final double CLOSE = 1e-6;

    private final Network network;
    private final Map<String, NodeProto> producers = new HashMap<>();

    private Fusion(Network network) {
        this.network = network;
        network.nodes().forEach(node -> node.getOutputList().forEach(output -> producers.put(output, node)));
    }

    static void fuse(Network network) {
        Fusion fusion = new Fusion(network);
        for (NodeProto node : network.nodes()) {
            fusion.normalisation(node)
                    .or(() -> fusion.gelu(node))
                    .ifPresent(fused -> network.replace(node, List.of(fused)));
        }
    }

    /** {@code (x - m) / sqrt(mean (x - m)^2 + e) scale + bias} with {@code m = mean x}, at the last addition. */
    private Optional<NodeProto> normalisation(NodeProto sum) {
        Optional<String> bias = constantOperand(sum, "Add");
        Optional<NodeProto> scaling = bias.flatMap(given -> producer(other(sum, given), "Mul"));
        Optional<String> scale = scaling.flatMap(node -> constantOperand(node, "Mul"));
        Optional<NodeProto> division = scale.flatMap(given -> producer(other(scaling.orElseThrow(), given), "Div"));
        if (division.isEmpty()) {
            return Optional.empty();
        }
        String centred = division.get().getInput(0);
        Optional<NodeProto> variance =
                producer(division.get().getInput(1), "Sqrt").flatMap(root -> producer(root.getInput(0), "Add"));
        Optional<String> epsilon = variance.flatMap(node -> constantOperand(node, "Add"));
        boolean squares = epsilon.flatMap(given -> meanOverLast(other(variance.orElseThrow(), given)))
                .flatMap(mean -> producer(mean.getInput(0), "Pow"))
                .filter(power -> power.getInput(0).equals(centred) && is(power.getInput(1), 2))
                .isPresent();
        Optional<String> x = producer(centred, "Sub")
                .filter(difference -> meanOverLast(difference.getInput(1))
                        .filter(mean -> mean.getInput(0).equals(difference.getInput(0)))
                        .isPresent())
                .map(difference -> difference.getInput(0));
        return squares && x.isPresent()
                ? Optional.of(normalised(
                        sum, List.of(x.orElseThrow(), scale.orElseThrow(), bias.orElseThrow()), epsilon.orElseThrow()))
                : Optional.empty();
    }

    private NodeProto normalised(NodeProto sum, List<String> operands, String epsilon) {
        return NodeProto.newBuilder()
                .setOpType("LayerNormalization")
                .addAllInput(operands)
                .addOutput(sum.getOutput(0))
                .addOutput(network.name("mean"))
                .addOutput(network.name("inverse deviation"))
                .addAttribute(Attributes.of("axis", -1L))
                .addAttribute(Attributes.of(
                        "epsilon", number(epsilon).map(Double::floatValue).orElse(0f)))
                .build();
    }

    /** {@code x (erf(x / sqrt 2) + 1) / 2}, at the last product. */
    private Optional<NodeProto> gelu(NodeProto product) {
        return constantOperand(product, "Mul")
                .filter(half -> is(half, 0.5))
                .flatMap(half -> producer(other(product, half), "Mul"))
                .flatMap(inner -> x(inner, 0).or(() -> x(inner, 1)))
                .map(x -> product.toBuilder()
                        .clearInput()
                        .addInput(x)
                        .setOpType("Gelu")
                        .setDomain(MICROSOFT)
                        .build());
    }

    /** The other operand of a product, when this one is the rest of the pattern. */
    private Optional<String> x(NodeProto product, int shifted) {
        String x = product.getInput(1 - shifted);
        return producer(product.getInput(shifted), "Add")
                .filter(sum -> constantOperand(sum, "Add")
                        .filter(one -> is(one, 1))
                        .flatMap(one -> producer(other(sum, one), "Erf"))
                        .flatMap(error -> producer(error.getInput(0), "Div"))
                        .filter(quotient -> quotient.getInput(0).equals(x) && is(quotient.getInput(1), Math.sqrt(2)))
                        .isPresent())
                .map(sum -> x);
    }

    private Optional<NodeProto> producer(String value, String operator) {
        return Optional.ofNullable(producers.get(value))
                .filter(node -> node.getOpType().equals(operator));
    }

    private Optional<NodeProto> meanOverLast(String value) {
        return producer(value, "ReduceMean")
                .filter(mean -> mean.getInputCount() == 1 && Attributes.integer(mean, "keepdims", 1) == 1)
                .filter(mean -> Attributes.integers(mean, "axes")
                        .filter(axes -> axes.length == 1 && axes[0] == -1)
                        .isPresent());
    }

    /** The operand of a node of two that is a constant of single precision. */
    private Optional<String> constantOperand(NodeProto node, String operator) {
        return node.getOpType().equals(operator)
                ? node.getInputList().stream()
                        .filter(input -> network.constant(input)
                                .filter(tensor -> tensor.getDataType() == DataType.FLOAT_VALUE)
                                .isPresent())
                        .findFirst()
                : Optional.empty();
    }

    private static String other(NodeProto node, String operand) {
        return node.getInput(node.getInput(0).equals(operand) ? 1 : 0);
    }

    private boolean is(String value, double expected) {
        return number(value)
                .filter(number -> Math.abs(number - expected) < CLOSE)
                .isPresent();
    }

    /** A constant that is a single number. */
    private Optional<Double> number(String value) {
        return network.constant(value)
                .filter(tensor ->
                        tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE && Tensors.count(tensor) == 1)
                .map(tensor -> (double) Tensors.floats(tensor)[0]);
    }
}
