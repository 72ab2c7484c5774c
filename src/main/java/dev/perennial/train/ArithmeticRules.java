// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.function.Supplier;

/** Rules of what is computed number by number from two operands, either of which may be repeated to fit the other. */
final class ArithmeticRules {
    private ArithmeticRules() {}

    /** {@code y = a + b}: {@code da = g, db = g}. */
    static void add(Applied node, Tape tape) {
        contribute(node, tape, 0, node::gradient);
        contribute(node, tape, 1, node::gradient);
    }

    /** {@code y = a - b}: {@code da = g, db = -g}. */
    static void subtract(Applied node, Tape tape) {
        contribute(node, tape, 0, node::gradient);
        contribute(node, tape, 1, () -> tape.node("Neg", node.gradient()));
    }

    /** {@code y = a b}: {@code da = g b, db = g a}. */
    static void multiply(Applied node, Tape tape) {
        contribute(node, tape, 0, () -> tape.node("Mul", node.gradient(), node.operand(1)));
        contribute(node, tape, 1, () -> tape.node("Mul", node.gradient(), node.operand(0)));
    }

    /** {@code y = a / b}: {@code da = g / b, db = -g y / b}. */
    static void divide(Applied node, Tape tape) {
        contribute(node, tape, 0, () -> tape.node("Div", node.gradient(), node.operand(1)));
        contribute(node, tape, 1, () -> {
            String product = tape.node("Mul", node.gradient(), node.result());
            return tape.node("Neg", tape.node("Div", product, node.operand(1)));
        });
    }

    /** {@code y = a^p} for a constant number {@code p}: {@code da = g p a^(p-1)}. */
    static void power(Applied node, Tape tape) {
        TensorProto exponent = tape.constant(node.operand(1))
                .filter(constant -> Tensors.count(constant) == 1)
                .orElseThrow(() -> node.refusal("with an exponent that is not one constant number"));
        double power = number(node, exponent);
        String base = node.operand(0);
        contribute(node, tape, 0, () -> {
            String lower = power == 2 ? base : tape.node("Pow", base, tape.number(power - 1, base));
            return tape.node("Mul", node.gradient(), tape.scaled(lower, power, base));
        });
    }

    private static double number(Applied node, TensorProto exponent) {
        return switch (exponent.getDataType()) {
            case TensorProto.DataType.FLOAT_VALUE -> Tensors.floats(exponent)[0];
            case TensorProto.DataType.INT64_VALUE -> Tensors.longs(exponent)[0];
            default -> throw node.refusal("with an exponent of another type than float or int64");
        };
    }

    /** {@code y = c ? a : b}: {@code da = c ? g : 0, db = c ? 0 : g}. */
    static void where(Applied node, Tape tape) {
        String zero = tape.number(0, node.result());
        contribute(node, tape, 1, () -> tape.node("Where", node.operand(0), node.gradient(), zero));
        contribute(node, tape, 2, () -> tape.node("Where", node.operand(0), zero, node.gradient()));
    }

    private static void contribute(Applied node, Tape tape, int operand, Supplier<String> gradient) {
        String name = node.operand(operand);
        if (tape.wants(name)) {
            tape.addSummed(name, gradient.get(), tape.value(node.result()).dimensions());
        }
    }
}
