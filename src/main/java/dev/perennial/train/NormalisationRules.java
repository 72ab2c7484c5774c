// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import java.util.List;

/** The rule of layer normalisation as one operator (Ba, Kiros and Hinton 2016). */
final class NormalisationRules {
    /** Places of the optional outputs m and r. */
    private static final int MEAN = 1;

    private static final int INVERSE = 2;

    private NormalisationRules() {}

    /**
     * {@code y = s n + b} with {@code n = (a - mean a) r}, {@code r = 1 / sqrt(variance + epsilon)}, along the last
     * axis: {@code db = g, ds = g n, da = r (h - mean h - n mean(h n))} with {@code h = g s}.
     */
    static void layer(Applied node, Tape tape) {
        String a = node.operand(0);
        String scale = node.operand(1);
        Value value = tape.value(a);
        int last = value.rank() - 1;
        if (value.axis(Attributes.integer(node.node(), "axis", -1)) != last || !value.fixed()[last]) {
            throw node.refusal("over another axis than the last");
        }
        long[] shape = value.dimensions();
        boolean given = node.node().getOutputCount() > INVERSE;
        String inverse = given ? node.node().getOutput(INVERSE) : inverse(node, tape);
        String centred = tape.node("Sub", a, given ? node.node().getOutput(MEAN) : mean(a, last, tape));
        String n = tape.node("Mul", centred, inverse);
        if (tape.wants(scale)) {
            tape.addSummed(scale, tape.node("Mul", node.gradient(), n), shape);
        }
        if (node.has(2) && tape.wants(node.operand(2))) {
            tape.addSummed(node.operand(2), node.gradient(), shape);
        }
        if (tape.wants(a)) {
            String h = tape.node("Mul", node.gradient(), scale);
            String along = mean(tape.node("Mul", h, n), last, tape);
            String rest = tape.node("Sub", tape.node("Sub", h, mean(h, last, tape)), tape.node("Mul", n, along));
            tape.add(a, tape.node("Mul", rest, inverse));
        }
    }

    /** r from a, where the operator does not give it. */
    private static String inverse(Applied node, Tape tape) {
        String a = node.operand(0);
        int last = tape.value(a).rank() - 1;
        String centred = tape.node("Sub", a, mean(a, last, tape));
        String spread = mean(tape.node("Mul", centred, centred), last, tape);
        double epsilon = Attributes.number(node.node(), "epsilon", 1e-5f);
        return tape.node("Reciprocal", tape.node("Sqrt", tape.node("Add", spread, tape.number(epsilon, a))));
    }

    private static String mean(String name, int axis, Tape tape) {
        return tape.node("ReduceMean", List.of(name), Attributes.of("axes", new long[] {axis}));
    }
}
