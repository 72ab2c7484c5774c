// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * An ONNX graph that is being written or rewritten: nodes in an order in which they can run, constants and inputs.
 * Confined to one thread. The tensors of a graph that was read stay where they were read from.
 */
final class Network {
    private static final int FORMAT = 8;
    private static final String STANDARD = "";
    private static final String MICROSOFT = "com.microsoft";

    private final List<OperatorSetIdProto> operatorSets;
    private final List<NodeProto> nodes = new ArrayList<>();
    private final Map<String, TensorProto> constants = new LinkedHashMap<>();
    private final Map<String, ValueInfoProto> inputs = new LinkedHashMap<>();
    private final String prefix;
    private int named;

    /** @param prefix of the names that are given here, which no other name begins with */
    private Network(String prefix, List<OperatorSetIdProto> operatorSets) {
        this.prefix = prefix;
        this.operatorSets = withMicrosoft(operatorSets);
    }

    /** The runtime's own operators can be used in any graph. */
    private static List<OperatorSetIdProto> withMicrosoft(List<OperatorSetIdProto> given) {
        List<OperatorSetIdProto> sets = new ArrayList<>(given);
        if (given.stream().noneMatch(set -> set.getDomain().equals(MICROSOFT))) {
            sets.add(OperatorSetIdProto.newBuilder()
                    .setDomain(MICROSOFT)
                    .setVersion(1)
                    .build());
        }
        return List.copyOf(sets);
    }

    static Network empty(String prefix, int operators) {
        return new Network(
                prefix,
                List.of(OperatorSetIdProto.newBuilder().setVersion(operators).build()));
    }

    static Network of(ModelProto model, String prefix) {
        Network network = new Network(prefix, model.getOpsetImportList());
        GraphProto graph = model.getGraph();
        graph.getInitializerList().forEach(network::constant);
        for (ValueInfoProto input : graph.getInputList()) {
            if (!network.constants.containsKey(input.getName())) {
                network.inputs.put(input.getName(), input);
            }
        }
        graph.getNodeList().forEach(network::read);
        return network;
    }

    /** Constants are constants, however they are written down. */
    private void read(NodeProto node) {
        Optional<AttributeProto> value = Attributes.find(node, "value");
        if (node.getOpType().equals("Constant") && value.isPresent()) {
            constant(value.get().getT().toBuilder().setName(node.getOutput(0)).build());
        } else {
            nodes.add(node);
        }
    }

    /** Version of the standard operators. */
    long operators() {
        return operatorSets.stream()
                .filter(set ->
                        set.getDomain().equals(STANDARD) || set.getDomain().equals("ai.onnx"))
                .mapToLong(OperatorSetIdProto::getVersion)
                .findFirst()
                .orElse(1);
    }

    List<NodeProto> nodes() {
        return List.copyOf(nodes);
    }

    Optional<TensorProto> constant(String name) {
        return Optional.ofNullable(constants.get(name));
    }

    Map<String, TensorProto> constants() {
        return Map.copyOf(constants);
    }

    Optional<ValueInfoProto> input(String name) {
        return Optional.ofNullable(inputs.get(name));
    }

    List<String> inputs() {
        return List.copyOf(inputs.keySet());
    }

    /** A name that nothing has. */
    String name(String what) {
        return prefix + what + " " + named++;
    }

    String constant(TensorProto tensor) {
        constants.put(tensor.getName(), tensor);
        return tensor.getName();
    }

    String longs(long... values) {
        return constant(Tensors.ofLongs(name("integers"), values));
    }

    /** Adds an input of so many axes of any length. */
    String input(String name, int type, int rank) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int axis = 0; axis < rank; axis++) {
            shape.addDim(Dimension.getDefaultInstance());
        }
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape);
        inputs.put(
                name,
                ValueInfoProto.newBuilder()
                        .setName(name)
                        .setType(TypeProto.newBuilder().setTensorType(tensor))
                        .build());
        return name;
    }

    /** Turns a constant into an input of the same name, type and number of axes. */
    void expose(String name) {
        TensorProto constant = Optional.ofNullable(constants.remove(name))
                .orElseThrow(() -> new IllegalArgumentException("no constant " + name));
        input(name, constant.getDataType(), constant.getDimsCount());
    }

    /** Adds an operator with one output. */
    String node(String operator, List<String> operands, AttributeProto... attributes) {
        return node(operator, operands, 1, attributes).get(0);
    }

    String node(String operator, String... operands) {
        return node(operator, List.of(operands));
    }

    List<String> node(String operator, List<String> operands, int outputs, AttributeProto... attributes) {
        NodeProto.Builder node =
                NodeProto.newBuilder().setOpType(operator).addAllInput(operands).addAllAttribute(List.of(attributes));
        for (int i = 0; i < outputs; i++) {
            node.addOutput(name(operator));
        }
        nodes.add(node.build());
        return List.copyOf(node.getOutputList());
    }

    /** Replaces a node by others that together compute its outputs, where it stood. */
    void replace(NodeProto node, List<NodeProto> by) {
        int at = nodes.indexOf(node);
        nodes.remove(at);
        nodes.addAll(at, by);
    }

    /** Gives a value a name by which it can be asked for. */
    String alias(String value, String name) {
        nodes.add(NodeProto.newBuilder()
                .setOpType("Identity")
                .addInput(value)
                .addOutput(name)
                .build());
        return name;
    }

    /**
     * The graph with what the outputs depend on and nothing else.
     *
     * @param stored where each constant shall be kept
     */
    ModelProto model(List<String> outputs, UnaryOperator<TensorProto> stored) {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("training").addAllInput(inputs.values());
        Set<String> read = new HashSet<>(outputs);
        Deque<NodeProto> kept = new ArrayDeque<>();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            NodeProto node = nodes.get(i);
            if (node.getOutputList().stream().anyMatch(read::contains)) {
                kept.addFirst(node);
                read.addAll(node.getInputList());
            }
        }
        graph.addAllNode(kept);
        constants.values().stream()
                .filter(constant -> read.contains(constant.getName()))
                .forEach(constant -> graph.addInitializer(stored.apply(constant)));
        outputs.forEach(output -> graph.addOutput(ValueInfoProto.newBuilder().setName(output)));
        return ModelProto.newBuilder()
                .setIrVersion(FORMAT)
                .addAllOpsetImport(operatorSets)
                .setGraph(graph)
                .build();
    }
}
