// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Rules of operators that only move numbers, or add them up along axes. */
final class ShapeRules {
    private ShapeRules() {}

    /** The same numbers in the same order: {@code da} is {@code g} in the shape of {@code a}. */
    static void reshape(Applied node, Tape tape) {
        String a = node.operand(0);
        tape.add(a, tape.node("Reshape", node.gradient(), tape.shapeOf(a)));
    }

    /** Axes in another order: {@code da} is {@code g} with its axes put back. */
    static void transpose(Applied node, Tape tape) {
        int rank = tape.value(node.operand(0)).rank();
        long[] order = Attributes.integers(node.node(), "perm")
                .orElseGet(
                        () -> LongStream.range(0, rank).map(i -> rank - 1 - i).toArray());
        long[] back = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            back[(int) order[axis]] = axis;
        }
        tape.add(node.operand(0), tape.node("Transpose", List.of(node.gradient()), Attributes.of("perm", back)));
    }

    /** Repetition: {@code da} is the sum of {@code g} over the repetitions. */
    static void expand(Applied node, Tape tape) {
        tape.addSummed(
                node.operand(0), node.gradient(), tape.value(node.result()).dimensions());
    }

    /** {@code y = sum a} along axes: {@code da} is {@code g} repeated along them. */
    static void sum(Applied node, Tape tape) {
        tape.addRepeated(node.operand(0), withSummedAxes(node, tape));
    }

    /** {@code y = mean a} over n numbers: {@code da = g / n}, repeated. */
    static void mean(Applied node, Tape tape) {
        String a = node.operand(0);
        Value value = tape.value(a);
        String gradient = withSummedAxes(node, tape);
        long[] axes = axes(node, tape).orElseGet(() -> all(value));
        boolean fixed = LongStream.of(axes).allMatch(axis -> value.fixed()[value.axis(axis)]);
        if (fixed) {
            double count = LongStream.of(axes)
                    .map(axis -> value.dimensions()[value.axis(axis)])
                    .reduce(1, Math::multiplyExact);
            tape.addRepeated(a, tape.scaled(gradient, 1 / count, a));
        } else {
            tape.addRepeated(a, tape.node("Div", gradient, numbersToEach(node, tape)));
        }
    }

    /** How many numbers go into each sum. */
    private static String numbersToEach(Applied node, Tape tape) {
        Value count = Value.of(DataType.INT64_VALUE, new long[0]);
        String operands = tape.earlier("Size", List.of(node.operand(0)), count);
        String results = tape.earlier("Size", List.of(node.result()), count);
        String ratio = tape.node("Div", operands, results);
        long type = tape.value(node.operand(0)).type();
        return tape.node("Cast", List.of(ratio), Attributes.of("to", type));
    }

    /** The gradient with the axes, of length one, that the operator took away. */
    private static String withSummedAxes(Applied node, Tape tape) {
        if (Attributes.integer(node.node(), "keepdims", 1) != 0) {
            return node.gradient();
        }
        Value value = tape.value(node.operand(0));
        long[] axes = axes(node, tape).orElseGet(() -> all(value));
        long[] counted = LongStream.of(axes).map(value::axis).toArray();
        return tape.node("Unsqueeze", node.gradient(), tape.longs(counted));
    }

    /** Given as an attribute by old operators, as a constant by new ones, or absent for all axes. */
    private static Optional<long[]> axes(Applied node, Tape tape) {
        if (!node.has(1)) {
            return Attributes.integers(node.node(), "axes");
        }
        return Optional.of(tape.constant(node.operand(1))
                .map(Tensors::longs)
                .orElseThrow(() -> node.refusal("over axes that are not constant")));
    }

    private static long[] all(Value value) {
        return LongStream.range(0, value.rank()).toArray();
    }

    /** {@code y = [a, b, ...]} along an axis: each derivative is its part of {@code g}. */
    static void concatenate(Applied node, Tape tape) {
        int axis = tape.value(node.result()).axis(Attributes.integer(node.node(), "axis", 0));
        List<String> lengths = new ArrayList<>();
        for (String operand : node.node().getInputList()) {
            lengths.add(tape.node("Gather", tape.shapeOf(operand), tape.longs(axis)));
        }
        String all = tape.node("Concat", lengths, Attributes.of("axis", 0L));
        List<String> parts = tape.backward()
                .node("Split", List.of(node.gradient(), all), lengths.size(), Attributes.of("axis", (long) axis));
        IntStream.range(0, parts.size())
                .filter(i -> tape.wants(node.operand(i)))
                .forEach(i -> tape.add(node.operand(i), parts.get(i)));
    }
}
