// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Makes the selected numbers of an encoder inputs of its graph. */
final class SelectedParameters {
    static final String FIRST_FACTOR = "#A";
    static final String SECOND_FACTOR = "#B";

    private static final Pattern LAYER = Pattern.compile("(?:^|\\.)layers?\\.([0-9]{1,4})\\.");
    private static final String WITHOUT_EFFECT = "key.bias";

    private final EncoderGraph graph;
    private final SplittableRandom random;

    private SelectedParameters(EncoderGraph graph, SplittableRandom random) {
        this.graph = graph;
        this.random = random;
    }

    /**
     * Changes the graph so that it takes the parameters.
     *
     * @return these by the names of the inputs
     * @throws Refusal.Invalid when nothing of the encoder is selected
     */
    static Map<String, Parameter> expose(EncoderGraph graph, Selection selection, SplittableRandom random) {
        SelectedParameters parameters = new SelectedParameters(graph, random);
        Map<String, Parameter> exposed = selection instanceof Selection.LowRank lowRank
                ? parameters.lowRank(lowRank)
                : parameters.whole(parameters.selected(selection));
        if (exposed.isEmpty()) {
            throw new Refusal.Invalid("/selection", "The encoder has no weights of this selection.");
        }
        return exposed;
    }

    private Predicate<String> selected(Selection selection) {
        if (selection instanceof Selection.LastLayers last) {
            int layers = graph.constantByName().keySet().stream()
                    .map(SelectedParameters::layer)
                    .flatMapToInt(OptionalInt::stream)
                    .map(layer -> layer + 1)
                    .max()
                    .orElse(0);
            return name -> layer(name).orElse(-1) >= Math.max(0, layers - last.layers());
        }
        if (selection instanceof Selection.TopShare) {
            return name -> layer(name).isPresent();
        }
        return name -> name.endsWith(".bias") || name.endsWith("LayerNorm.weight") || name.endsWith("norm.weight");
    }

    private static OptionalInt layer(String name) {
        Matcher layer = LAYER.matcher(name);
        return layer.find() ? OptionalInt.of(Integer.parseInt(layer.group(1))) : OptionalInt.empty();
    }

    private Map<String, Parameter> whole(Predicate<String> selected) {
        Map<String, Parameter> exposed = new HashMap<>();
        graph.constantByName().forEach((name, constant) -> {
            if (selected.test(name) && !name.endsWith(WITHOUT_EFFECT)) {
                TensorProto weight = graph.weight(name);
                exposed.put(constant, new Parameter(name, Tensors.dimensions(weight), Tensors.floats(weight), 1));
                graph.network().expose(constant);
            }
        });
        return exposed;
    }

    private Map<String, Parameter> lowRank(Selection.LowRank selection) {
        Map<String, Parameter> exposed = new HashMap<>();
        Map<String, String> nameByConstant = new HashMap<>();
        graph.constantByName().forEach((name, constant) -> nameByConstant.put(constant, name));
        for (NodeProto node : graph.network().nodes()) {
            if (node.getOpType().equals("MatMul")) {
                String name = nameByConstant.getOrDefault(node.getInput(1), "");
                if (isPlace(name, selection.places())) {
                    correct(node, name, selection, exposed);
                }
            }
        }
        return exposed;
    }

    private static boolean isPlace(String name, Selection.Places places) {
        return layer(name).isPresent()
                && (places == Selection.Places.ALL_PRODUCTS
                        || name.endsWith("query.weight")
                        || name.endsWith("value.weight"));
    }

    /** {@code y = x W} becomes {@code y = x W + s (x A) B}. */
    private void correct(NodeProto node, String name, Selection.LowRank selection, Map<String, Parameter> exposed) {
        long[] shape = Tensors.dimensions(graph.weight(name));
        int rank = selection.rank();
        Network network = graph.network();
        Parameter first = new Parameter(name + FIRST_FACTOR, new long[] {shape[0], rank}, uniform(shape[0], rank), 1);
        Parameter second = new Parameter(
                name + SECOND_FACTOR,
                new long[] {rank, shape[1]},
                new float[Math.toIntExact(rank * shape[1])],
                selection.rateRatio());
        for (Parameter factor : List.of(first, second)) {
            network.input(factor.name(), TensorProto.DataType.FLOAT_VALUE, 2);
            exposed.put(factor.name(), factor);
        }
        String scale = network.constant(
                Tensors.ofScalar(network.name("scale"), TensorProto.DataType.FLOAT_VALUE, selection.scale()));
        List<String> names =
                IntStream.range(0, 4).mapToObj(i -> network.name("low rank")).toList();
        List<NodeProto> corrected = new ArrayList<>();
        corrected.add(node.toBuilder().setOutput(0, names.get(0)).build());
        corrected.add(node("MatMul", node.getInput(0), first.name(), names.get(1)));
        corrected.add(node("Mul", names.get(1), scale, names.get(2)));
        corrected.add(node("MatMul", names.get(2), second.name(), names.get(3)));
        corrected.add(node("Add", names.get(0), names.get(3), node.getOutput(0)));
        network.replace(node, corrected);
    }

    private static NodeProto node(String operator, String first, String second, String output) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .addInput(first)
                .addInput(second)
                .addOutput(output)
                .build();
    }

    /** Kaiming's bound for a layer of so many inputs, as in the authors' code: {@code U(-1, 1) / sqrt(inputs)}. */
    private float[] uniform(long inputs, int rank) {
        float[] numbers = new float[Math.toIntExact(inputs * rank)];
        double bound = 1 / Math.sqrt((double) inputs);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
        return numbers;
    }
}
