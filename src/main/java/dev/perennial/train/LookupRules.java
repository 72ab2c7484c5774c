// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Rules of operators that take some of the rows of a table, where a row may be taken several times. The derivative in
 * the table is zero but for those rows, to each of which all derivatives in its copies are added.
 */
final class LookupRules {
    private LookupRules() {}

    /** {@code y = a[..., indices, ...]} along an axis. */
    static void gather(Applied node, Tape tape) {
        String table = node.operand(0);
        String indices = node.operand(1);
        int axis = tape.value(table).axis(Attributes.integer(node.node(), "axis", 0));
        int rank = tape.value(indices).rank();
        if (axis > 0 && rank > 1) {
            throw node.refusal("with a table of indices along an inner axis");
        }
        String gradient = node.gradient();
        if (axis == 0) {
            gradient = tape.node("Reshape", gradient, rowsOf(table, tape));
        } else if (rank == 0) {
            gradient = tape.node("Unsqueeze", gradient, tape.longs(axis));
        }
        tape.add(table, scattered(new Rows(table, indices, axis), gradient, tape));
    }

    /** {@code [-1, the lengths of all axes of the table but the first]}. */
    private static String rowsOf(String table, Tape tape) {
        String inner = tape.node(
                "Slice",
                tape.shapeOf(table),
                tape.longs(1),
                tape.longs(tape.value(table).rank()));
        return tape.node("Concat", List.of(tape.longs(-1), inner), Attributes.of("axis", 0L));
    }

    /** {@code y = a[from : to : step]} along one axis, which is a look-up of the positions in that range. */
    static void slice(Applied node, Tape tape) {
        String table = node.operand(0);
        Value value = tape.value(table);
        long[] axes = node.has(3)
                ? constant(node, tape, 3)
                : LongStream.range(0, value.rank()).toArray();
        if (axes.length != 1) {
            throw node.refusal("along several axes");
        }
        int axis = value.axis(axes[0]);
        String length = tape.node("Gather", tape.shapeOf(table), scalar(axis, tape));
        String positions = tape.node("Range", scalar(0, tape), length, scalar(1, tape));
        List<String> taken = new ArrayList<>(List.of(positions, bound(node, tape, 1), bound(node, tape, 2)));
        if (node.has(4)) {
            taken.add(tape.longs(0));
            taken.add(bound(node, tape, 4));
        }
        String indices = tape.node("Slice", taken);
        tape.add(table, scattered(new Rows(table, indices, axis), node.gradient(), tape));
    }

    private static String scalar(long value, Tape tape) {
        return tape.backward()
                .constant(TensorProto.newBuilder()
                        .setName(tape.backward().name("index"))
                        .setDataType(DataType.INT64_VALUE)
                        .addInt64Data(value)
                        .build());
    }

    private static long[] constant(Applied node, Tape tape, int operand) {
        return tape.constant(node.operand(operand))
                .map(Tensors::longs)
                .orElseThrow(() -> node.refusal("along axes that are not constant"));
    }

    /** Bounds may be constants or computed; either way they are integers of the forward graph. */
    private static String bound(Applied node, Tape tape, int operand) {
        return tape.node("Cast", List.of(node.operand(operand)), Attributes.of("to", (long) DataType.INT64_VALUE));
    }

    /**
     * Which rows of a table.
     *
     * @param axis along which they lie
     */
    private record Rows(String table, String indices, int axis) {}

    private static String scattered(Rows rows, String gradient, Tape tape) {
        int rank = tape.value(rows.table()).rank();
        long[] order = LongStream.range(0, rank).toArray();
        order[0] = rows.axis();
        order[rows.axis()] = 0;
        boolean inner = rows.axis() > 0;
        String shape =
                inner ? tape.node("Gather", tape.shapeOf(rows.table()), tape.longs(order)) : tape.shapeOf(rows.table());
        String zeros = tape.node("Expand", tape.number(0, rows.table()), shape);
        String places = tape.node("Reshape", rows.indices(), tape.longs(-1, 1));
        String updates = inner ? swapped(gradient, order, tape) : gradient;
        String sum = tape.node("ScatterND", List.of(zeros, places, updates), Attributes.of("reduction", "add"));
        return inner ? swapped(sum, order, tape) : sum;
    }

    /** With two axes exchanged; the second time takes back the first. */
    private static String swapped(String name, long[] order, Tape tape) {
        return tape.node("Transpose", List.of(name), Attributes.of("perm", order));
    }
}
