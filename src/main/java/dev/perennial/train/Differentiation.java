// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reverse-mode differentiation of a graph: from a graph that computes a result it makes one that computes the result
 * and keeps some of the values on the way, and one that computes, from these and the derivative of a loss in the
 * result, the derivatives of the loss in parameters.
 */
final class Differentiation {
    private final Network forward;
    private final Map<String, Value> values;
    private final String result;
    private final List<String> parameters;

    private Differentiation(Network forward, Map<String, Value> values, String result, List<String> parameters) {
        this.forward = forward;
        this.values = values;
        this.result = result;
        this.parameters = List.copyOf(parameters);
    }

    /**
     * The two graphs.
     *
     * @param forward gives the result and what is kept
     * @param backward takes what is kept, what it reads of the forward graph's inputs, and the derivative in the result
     * @param kept names of values that the one gives and the other takes
     * @param resultGradient name of the derivative that the backward graph takes
     * @param gradients names of the derivatives that it gives, by parameter
     */
    record Graphs(
            Network forward,
            Network backward,
            List<String> kept,
            String resultGradient,
            Map<String, String> gradients) {
        Graphs {
            kept = List.copyOf(kept);
        }
    }

    /**
     * @param forward is extended
     * @param values what is known of all its values
     * @param parameters inputs of the graph
     * @throws Refusal.Invalid when there is no rule for an operator
     */
    static Graphs of(Network forward, Map<String, Value> values, String result, List<String> parameters) {
        return new Differentiation(forward, values, result, parameters).graphs();
    }

    private Graphs graphs() {
        List<NodeProto> nodes = forward.nodes();
        Set<String> dependent = dependent(nodes);
        Tape tape = new Tape(forward, values, dependent);
        String resultGradient = "derivative of the loss";
        tape.backward()
                .input(
                        resultGradient,
                        tape.value(result).type(),
                        tape.value(result).rank());
        tape.add(result, resultGradient);
        Set<String> needed = needed(nodes, dependent);
        for (int i = nodes.size() - 1; i >= 0; i--) {
            NodeProto node = nodes.get(i);
            String output = node.getOutput(0);
            if (dependent.contains(output) && needed.contains(output)) {
                tape.gradient(output)
                        .ifPresent(gradient ->
                                Rules.of(node.getOpType()).differentiate(new Applied(node, gradient), tape));
            }
        }
        Map<String, String> gradients = new LinkedHashMap<>();
        for (String parameter : parameters) {
            String gradient = tape.gradient(parameter)
                    .orElseThrow(() -> new IllegalArgumentException("the result does not depend on a parameter"));
            gradients.put(parameter, tape.backward().alias(gradient, "derivative in " + parameter));
        }
        return new Graphs(forward, tape.backward(), connect(tape), resultGradient, gradients);
    }

    /** Values that change with a parameter and have a derivative. */
    private Set<String> dependent(List<NodeProto> nodes) {
        Set<String> dependent = new HashSet<>(parameters);
        for (NodeProto node : nodes) {
            if (node.getInputList().stream().anyMatch(dependent::contains)) {
                node.getOutputList().stream()
                        .filter(output ->
                                values.containsKey(output) && values.get(output).isContinuous())
                        .forEach(dependent::add);
            }
        }
        return dependent;
    }

    /** Values on which the result depends by way of derivatives. */
    private Set<String> needed(List<NodeProto> nodes, Set<String> dependent) {
        Set<String> needed = new HashSet<>(Set.of(result));
        for (int i = nodes.size() - 1; i >= 0; i--) {
            if (needed.contains(nodes.get(i).getOutput(0))) {
                nodes.get(i).getInputList().stream().filter(dependent::contains).forEach(needed::add);
            }
        }
        return needed;
    }

    /** Gives the backward graph what it reads: constants as constants, everything else as inputs. */
    private List<String> connect(Tape tape) {
        Network backward = tape.backward();
        Set<String> known = new HashSet<>(backward.inputs());
        known.addAll(backward.constants().keySet());
        List<String> kept = new ArrayList<>();
        for (NodeProto node : backward.nodes()) {
            for (String input : node.getInputList()) {
                if (!input.isEmpty() && known.add(input)) {
                    Optional<TensorProto> constant = forward.constant(input);
                    if (constant.isPresent()) {
                        backward.constant(constant.get());
                    } else {
                        backward.input(
                                input,
                                tape.value(input).type(),
                                tape.value(input).rank());
                        if (forward.input(input).isEmpty()) {
                            kept.add(input);
                        }
                    }
                }
            }
            known.addAll(node.getOutputList());
        }
        return kept;
    }
}
