// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What rules write on: the backward graph, and the few values more that the forward graph shall compute for it.
 * Contributions to the derivative in a value are summed once all its readers have been differentiated. Confined to one
 * thread.
 */
final class Tape {
    private static final int OPERATORS = 17;

    private final Network forward;
    private final Network backward = Network.empty("d ", OPERATORS);
    private final Map<String, Value> values;
    private final Set<String> dependent;
    private final Map<String, List<Contribution>> contributions = new HashMap<>();
    private final Map<String, String> shapes = new HashMap<>();
    private final Map<String, String> numbers = new HashMap<>();

    /** @param whole whether it has the shape of the value, else it is to be repeated along axes of length one */
    private record Contribution(String name, boolean whole) {}

    /**
     * @param values what is known of the values of the forward graph
     * @param dependent those in which a derivative is wanted
     */
    Tape(Network forward, Map<String, Value> values, Set<String> dependent) {
        this.forward = forward;
        this.values = new HashMap<>(values);
        this.dependent = Set.copyOf(dependent);
    }

    Network backward() {
        return backward;
    }

    Value value(String name) {
        return Optional.ofNullable(values.get(name))
                .orElseThrow(() -> new IllegalStateException("a value that no trial saw"));
    }

    /** Whether a derivative in this value is wanted. */
    boolean wants(String name) {
        return dependent.contains(name);
    }

    Optional<TensorProto> constant(String name) {
        return forward.constant(name);
    }

    long operators() {
        return forward.operators();
    }

    /** Adds a node to the backward graph. */
    String node(String operator, String... operands) {
        return backward.node(operator, operands);
    }

    String node(String operator, List<String> operands, AttributeProto... attributes) {
        return backward.node(operator, operands, attributes);
    }

    /** Lets the forward graph compute something more from its values. */
    String earlier(String operator, List<String> operands, Value result, AttributeProto... attributes) {
        String name = forward.node(operator, operands, attributes);
        values.put(name, result);
        return name;
    }

    /** The shape of a value of the forward graph, as integers. */
    String shapeOf(String name) {
        return shapes.computeIfAbsent(
                name,
                of -> earlier("Shape", List.of(of), Value.of(DataType.INT64_VALUE, new long[] {
                    value(of).rank()
                })));
    }

    String longs(long... values) {
        return backward.longs(values);
    }

    /** A scalar of the same type as a value. */
    String number(double number, String like) {
        int type = value(like).type();
        return numbers.computeIfAbsent(
                type + " " + number, key -> backward.constant(Tensors.ofScalar(backward.name("number"), type, number)));
    }

    /** {@code name} times a number, in the type of {@code like}. */
    String scaled(String name, double factor, String like) {
        return node("Mul", name, number(factor, like));
    }

    String sum(String name, long[] axes, boolean keep) {
        return node("ReduceSum", List.of(name, longs(axes)), Attributes.of("keepdims", keep ? 1 : 0));
    }

    /** Adds to the derivative in {@code of}; has its shape. */
    void add(String of, String gradient) {
        contribute(of, new Contribution(gradient, true));
    }

    /** Adds to the derivative in {@code of} something that is the same along some axes, where its length is one. */
    void addRepeated(String of, String gradient) {
        contribute(of, new Contribution(gradient, false));
    }

    /**
     * Adds to the derivative in {@code of} what must be summed first along the axes along which it was repeated.
     *
     * @param dimensions of the gradient in the trial run
     */
    void addSummed(String of, String gradient, long[] dimensions) {
        long[] kept = value(of).dimensions();
        int more = dimensions.length - kept.length;
        List<Long> summed = new ArrayList<>();
        for (int axis = 0; axis < dimensions.length; axis++) {
            if (axis < more || (kept[axis - more] == 1 && dimensions[axis] != 1)) {
                summed.add((long) axis);
            }
        }
        String result = gradient;
        if (!summed.isEmpty()) {
            result = sum(gradient, summed.stream().mapToLong(Long::longValue).toArray(), true);
        }
        if (more > 0) {
            result = node("Reshape", result, shapeOf(of));
        }
        add(of, result);
    }

    private void contribute(String of, Contribution contribution) {
        contributions.computeIfAbsent(of, name -> new ArrayList<>()).add(contribution);
    }

    /**
     * The derivative in a value, which must have no reader left that is not differentiated; empty when nothing depends
     * on it.
     */
    Optional<String> gradient(String of) {
        List<Contribution> parts = contributions.getOrDefault(of, List.of());
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        boolean anyWhole = parts.stream().anyMatch(Contribution::whole);
        String total = "";
        for (Contribution part : wholeFirst(parts)) {
            total = total.isEmpty() ? part.name() : node("Add", total, part.name());
        }
        return Optional.of(anyWhole ? total : node("Expand", total, shapeOf(of)));
    }

    private static List<Contribution> wholeFirst(List<Contribution> parts) {
        List<Contribution> ordered = new ArrayList<>();
        parts.stream().filter(Contribution::whole).forEach(ordered::add);
        parts.stream().filter(part -> !part.whole()).forEach(ordered::add);
        return ordered;
    }
}
