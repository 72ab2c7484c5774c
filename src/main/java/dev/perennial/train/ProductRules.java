// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import java.util.List;
import java.util.stream.IntStream;

/** Rules of matrix products. */
final class ProductRules {
    private static final int MATRIX = 2;

    private ProductRules() {}

    /**
     * {@code Y = A B}, for each matrix of a batch: {@code dA = G B', dB = A' G}; summed over the batch where an operand
     * is the same for all of it.
     */
    static void matMul(Applied node, Tape tape) {
        Value a = tape.value(node.operand(0));
        Value b = tape.value(node.operand(1));
        if (a.rank() < MATRIX || b.rank() < MATRIX) {
            throw node.refusal("with a vector");
        }
        if (tape.wants(node.operand(0))) {
            String gradient = tape.node("MatMul", node.gradient(), transposed(node.operand(1), tape));
            tape.addSummed(node.operand(0), gradient, batched(node, tape, a));
        }
        if (tape.wants(node.operand(1))) {
            if (b.rank() == MATRIX) {
                tape.add(node.operand(1), weightGradient(node, tape));
            } else {
                String gradient = tape.node("MatMul", transposed(node.operand(0), tape), node.gradient());
                tape.addSummed(node.operand(1), gradient, batched(node, tape, b));
            }
        }
    }

    /** One product over all rows of all matrices of the batch, instead of a sum of many. */
    private static String weightGradient(Applied node, Tape tape) {
        Value b = tape.value(node.operand(1));
        String rows = tape.node("Reshape", node.operand(0), tape.longs(-1, b.dimensions()[0]));
        String gradients = tape.node("Reshape", node.gradient(), tape.longs(-1, b.dimensions()[1]));
        return tape.node("Gemm", List.of(rows, gradients), Attributes.of("transA", 1L));
    }

    /** What an operand is after it was repeated over the batch. */
    private static long[] batched(Applied node, Tape tape, Value operand) {
        long[] dimensions = tape.value(node.result()).dimensions().clone();
        for (int fromLast = 1; fromLast <= MATRIX; fromLast++) {
            dimensions[dimensions.length - fromLast] = operand.dimensions()[operand.rank() - fromLast];
        }
        return dimensions;
    }

    private static String transposed(String name, Tape tape) {
        int rank = tape.value(name).rank();
        long[] order = IntStream.range(0, rank).mapToLong(axis -> axis).toArray();
        order[rank - 1] = rank - 2L;
        order[rank - 2] = rank - 1L;
        return tape.node("Transpose", List.of(name), Attributes.of("perm", order));
    }

    /**
     * {@code Y = s A B + t C}, where A and B may be given transposed: {@code dA = s G B', dB = s A' G, dC = t G}, the
     * first two transposed again.
     */
    static void gemm(Applied node, Tape tape) {
        boolean turnedA = Attributes.integer(node.node(), "transA", 0) != 0;
        boolean turnedB = Attributes.integer(node.node(), "transB", 0) != 0;
        float scale = Attributes.number(node.node(), "alpha", 1);
        String a = node.operand(0);
        String b = node.operand(1);
        if (tape.wants(a)) {
            Factor g = new Factor(node.gradient(), false);
            Factor other = new Factor(b, !turnedB);
            tape.add(a, turnedA ? product(tape, other.turned(), g.turned(), scale) : product(tape, g, other, scale));
        }
        if (tape.wants(b)) {
            Factor g = new Factor(node.gradient(), false);
            Factor other = new Factor(a, !turnedA);
            tape.add(b, turnedB ? product(tape, g.turned(), other.turned(), scale) : product(tape, other, g, scale));
        }
        if (node.has(2) && tape.wants(node.operand(2))) {
            double factor = Attributes.number(node.node(), "beta", 1);
            String gradient = tape.scaled(node.gradient(), factor, node.result());
            tape.addSummed(node.operand(2), gradient, tape.value(node.result()).dimensions());
        }
    }

    private record Factor(String name, boolean transposed) {
        Factor turned() {
            return new Factor(name, !transposed);
        }
    }

    private static String product(Tape tape, Factor left, Factor right, float scale) {
        return tape.node(
                "Gemm",
                List.of(left.name(), right.name()),
                Attributes.of("transA", left.transposed() ? 1L : 0L),
                Attributes.of("transB", right.transposed() ? 1L : 0L),
                Attributes.of("alpha", scale));
    }
}
