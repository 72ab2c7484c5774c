// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Writes a BERT encoder of a few thousand random weights as PyTorch exports them: operators of version 11, layer
 * normalisation and Gelu spelt out, shapes computed from shapes, anonymous matrices.
 */
public final class TinyBert {
    public static final int VOCABULARY = 20;
    static final int HIDDEN = 8;
    static final int HEADS = 2;
    static final int INNER = 12;
    static final int LAYERS = 2;
    public static final int POSITIONS = 16;

    private final Network network = Network.empty("/", 11);
    private final Map<String, float[]> weights = new TreeMap<>();
    private final Random random;
    private int anonymous = 100;

    private final ModelProto model;

    public TinyBert(long seed) {
        this.random = new Random(seed);
        this.model = written();
    }

    ModelProto model() {
        return model;
    }

    /** All weights by the names that they have in PyTorch, matrices as [inputs, outputs]. */
    Map<String, float[]> weights() {
        return weights;
    }

    private ModelProto written() {
        network.input("input_ids", DataType.INT64_VALUE, 2);
        network.input("attention_mask", DataType.INT64_VALUE, 2);
        network.input("token_type_ids", DataType.INT64_VALUE, 2);
        String hole = network.node(
                "Unsqueeze", List.of(network.node("Unsqueeze", List.of("attention_mask"), axes(1))), axes(2));
        String gone = network.node("Sub", number(1), network.node("Cast", List.of(hole), to(DataType.FLOAT_VALUE)));
        String mask = network.node("Mul", gone, number(-1e4f));
        String words = network.node(
                "Gather", weight("embeddings.word_embeddings.weight", 0.5, VOCABULARY, HIDDEN), "input_ids");
        String types = network.node(
                "Gather", weight("embeddings.token_type_embeddings.weight", 0.5, 2, HIDDEN), "token_type_ids");
        String places = network.node(
                "Gather", weight("embeddings.position_embeddings.weight", 0.5, POSITIONS, HIDDEN), positions());
        String x = network.node("Add", network.node("Add", words, types), places);
        x = norm(x, "embeddings.LayerNorm");
        for (int layer = 0; layer < LAYERS; layer++) {
            x = layer(x, mask, "encoder.layer." + layer + ".");
        }
        network.alias(x, "last_hidden_state");
        ModelProto untyped = network.model(List.of("last_hidden_state"), tensor -> tensor);
        Network typed = Network.empty("", 11);
        typed.input("last_hidden_state", DataType.FLOAT_VALUE, 3);
        ValueInfoProto output = typed.input("last_hidden_state").orElseThrow();
        return untyped.toBuilder()
                .setGraph(untyped.getGraph().toBuilder().setOutput(0, output))
                .build();
    }

    public Path write(Path file) throws IOException {
        return Files.write(file, model.toByteArray());
    }

    private String positions() {
        String length = network.node("Gather", network.node("Shape", "input_ids"), network.longs(1));
        String all = network.constant(Tensors.ofLongs(
                "embeddings.position_ids",
                java.util.stream.LongStream.range(0, POSITIONS).toArray()));
        return network.node("Slice", List.of(all, network.longs(0), length, network.longs(0)));
    }

    private String layer(String x, String mask, String name) {
        String query = heads(linear(x, name + "attention.self.query", HIDDEN, HIDDEN), 0, 2, 1, 3);
        String key = heads(linear(x, name + "attention.self.key", HIDDEN, HIDDEN), 0, 2, 3, 1);
        String value = heads(linear(x, name + "attention.self.value", HIDDEN, HIDDEN), 0, 2, 1, 3);
        String scores =
                network.node("Div", network.node("MatMul", query, key), number((float) Math.sqrt(HIDDEN / HEADS)));
        String shares = network.node("Softmax", List.of(network.node("Add", scores, mask)), Attributes.of("axis", 3L));
        String mixed = network.node(
                "Transpose",
                List.of(network.node("MatMul", shares, value)),
                Attributes.of("perm", new long[] {0, 2, 1, 3}));
        String joined = network.node("Reshape", mixed, shape(mixed, HIDDEN));
        String attended = linear(joined, name + "attention.output.dense", HIDDEN, HIDDEN);
        String y = norm(network.node("Add", attended, x), name + "attention.output.LayerNorm");
        String inner = gelu(linear(y, name + "intermediate.dense", HIDDEN, INNER));
        return norm(
                network.node("Add", linear(inner, name + "output.dense", INNER, HIDDEN), y), name + "output.LayerNorm");
    }

    private String heads(String x, long... order) {
        String split = network.node("Reshape", x, shape(x, HEADS, HIDDEN / HEADS));
        return network.node("Transpose", List.of(split), Attributes.of("perm", order));
    }

    /** [batch, length, lengths...]. */
    private String shape(String like, long... lengths) {
        String first = network.node(
                "Slice", List.of(network.node("Shape", like), network.longs(0), network.longs(2), network.longs(0)));
        return network.node("Concat", List.of(first, network.longs(lengths)), Attributes.of("axis", 0L));
    }

    private String linear(String x, String name, int inputs, int outputs) {
        weights.put(name + ".weight", normal(inputs * outputs, 1 / Math.sqrt(inputs), 0));
        String matrix = network.constant(Tensors.ofFloats(
                "onnx::MatMul_" + anonymous++, new long[] {inputs, outputs}, weights.get(name + ".weight")));
        return network.node("Add", weight(name + ".bias", 0.3, outputs), network.node("MatMul", x, matrix));
    }

    private String norm(String x, String name) {
        String centred = network.node("Sub", x, network.node("ReduceMean", List.of(x), axes(-1)));
        String variance = network.node("ReduceMean", List.of(network.node("Pow", centred, number(2))), axes(-1));
        String deviation = network.node("Sqrt", network.node("Add", variance, number(1e-12f)));
        weights.put(name + ".weight", normal(HIDDEN, 0.2, 1));
        String scale = network.constant(
                Tensors.ofFloats(name + ".weight", new long[] {HIDDEN}, weights.get(name + ".weight")));
        return network.node(
                "Add",
                network.node("Mul", network.node("Div", centred, deviation), scale),
                weight(name + ".bias", 0.3, HIDDEN));
    }

    private String gelu(String x) {
        String error = network.node("Erf", network.node("Div", x, number((float) Math.sqrt(2))));
        return network.node("Mul", network.node("Mul", x, network.node("Add", error, number(1))), number(0.5f));
    }

    private String weight(String name, double spread, long... shape) {
        weights.put(name, normal((int) Tensors.count(shape), spread, 0));
        return network.constant(Tensors.ofFloats(name, shape, weights.get(name)));
    }

    private float[] normal(int count, double spread, double middle) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (middle + spread * random.nextGaussian());
        }
        return numbers;
    }

    private String number(float value) {
        return network.constant(Tensors.ofScalar(network.name("number"), DataType.FLOAT_VALUE, value));
    }

    private static ai.onnx.proto.OnnxMl.AttributeProto axes(long... axes) {
        return Attributes.of("axes", axes);
    }

    private static ai.onnx.proto.OnnxMl.AttributeProto to(int type) {
        return Attributes.of("to", (long) type);
    }
}
