// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * Compares derivatives of a graph with differences of what the graph computes: four values around each number, an error
 * of the fourth order in the step, so that the step can be large enough for single precision.
 */
final class GradientCheck {
    private static final float STEP = 0.04f;
    private static final List<Integer> PROBED = List.of(3, 5);
    private static final int CHECKED = 2;

    private final Map<String, long[]> operands = new LinkedHashMap<>();
    private final Map<String, long[]> integers = new LinkedHashMap<>();
    private final Random random;
    private final Path directory;
    private DoubleUnaryOperator domain = x -> x;

    GradientCheck(Path directory, long seed) {
        this.directory = directory;
        this.random = new Random(seed);
    }

    /** An operand in which a derivative is taken; a length of -1 varies from run to run. */
    GradientCheck operand(String name, long... dimensions) {
        operands.put(name, dimensions);
        return this;
    }

    /** Integers 0, 1, 2, 0, ... */
    GradientCheck integers(String name, long... dimensions) {
        integers.put(name, dimensions);
        return this;
    }

    /** Where the drawn numbers, which are normal, shall lie. */
    GradientCheck in(DoubleUnaryOperator map) {
        this.domain = map;
        return this;
    }

    /** What a test writes down: a graph and the name of its result. */
    interface Writing {
        String result(Network network);
    }

    /** The relative difference, by Euclidean length, of the operand for which it is greatest. */
    double worst(int operators, Writing writing) throws OrtException {
        Network network = Network.empty("t ", operators);
        operands.forEach((name, dimensions) -> network.input(name, DataType.FLOAT_VALUE, dimensions.length));
        integers.forEach((name, dimensions) -> network.input(name, DataType.INT64_VALUE, dimensions.length));
        return worst(network, writing.result(network));
    }

    double worst(Network network, String result) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Workplace workplace = new Workplace(directory, environment, Device.CPU);
        Map<String, Value> values = Probe.values(
                network, workplace, PROBED.stream().map(this::drawn).toList());
        Differentiation.Graphs graphs = Differentiation.of(network, values, result, List.copyOf(operands.keySet()));
        Map<String, OnnxTensor> inputs = drawn(CHECKED);
        double worst = 0;
        try (GradientSessions sessions = GradientSessions.open(graphs, result, workplace)) {
            int results = numbers(sessions, inputs, result).length;
            float[] weights = normal(results);
            Map<String, OnnxTensor> gradients = new HashMap<>();
            for (String operand : operands.keySet()) {
                OnnxTensor like = inputs.get(operand);
                gradients.put(
                        operand,
                        tensor(
                                new float[like.getFloatBuffer().remaining()],
                                like.getInfo().getShape()));
            }
            try (GradientSessions.Run run = sessions.run(inputs)) {
                long[] shape = run.result().getInfo().getShape();
                run.differentiate(tensor(weights, shape), gradients);
            }
            for (String operand : operands.keySet()) {
                float[] computed = copy(gradients.get(operand));
                worst = Math.max(worst, difference(computed, differences(sessions, inputs, operand, weights)));
            }
        }
        return worst;
    }

    private double[] differences(
            GradientSessions sessions, Map<String, OnnxTensor> inputs, String operand, float[] weights)
            throws OrtException {
        FloatBuffer buffer =
                inputs.get(operand).getBufferRef().map(FloatBuffer.class::cast).orElseThrow();
        double[] differences = new double[buffer.capacity()];
        for (int i = 0; i < differences.length; i++) {
            float at = buffer.get(i);
            double[] losses = new double[4];
            float[] steps = {-2 * STEP, -STEP, STEP, 2 * STEP};
            for (int k = 0; k < 4; k++) {
                buffer.put(i, at + steps[k]);
                losses[k] = loss(numbers(sessions, inputs, ""), weights);
            }
            buffer.put(i, at);
            differences[i] = (8 * (losses[2] - losses[1]) - (losses[3] - losses[0])) / (12 * STEP);
        }
        return differences;
    }

    private static double loss(float[] results, float[] weights) {
        double sum = 0;
        for (int i = 0; i < results.length; i++) {
            sum += (double) results[i] * weights[i];
        }
        return sum;
    }

    private static float[] numbers(GradientSessions sessions, Map<String, OnnxTensor> inputs, String unused)
            throws OrtException {
        try (var result = sessions.result(inputs)) {
            return copy((OnnxTensor) result.get(0));
        }
    }

    static double difference(float[] computed, double[] expected) {
        double squares = 0;
        double length = 0;
        for (int i = 0; i < expected.length; i++) {
            squares += Math.pow(computed[i] - expected[i], 2);
            length += expected[i] * expected[i];
        }
        return Math.sqrt(squares) / Math.max(Math.sqrt(length), 1e-3);
    }

    private Map<String, OnnxTensor> drawn(int varying) {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            for (Map.Entry<String, long[]> operand : operands.entrySet()) {
                long[] shape = shape(operand.getValue(), varying);
                float[] numbers = normal((int) Tensors.count(shape));
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = (float) domain.applyAsDouble(numbers[i]);
                }
                inputs.put(operand.getKey(), tensor(numbers, shape));
            }
            for (Map.Entry<String, long[]> each : integers.entrySet()) {
                long[] shape = shape(each.getValue(), varying);
                long[] numbers = new long[(int) Tensors.count(shape)];
                java.util.Arrays.setAll(numbers, i -> i % 3);
                inputs.put(
                        each.getKey(),
                        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), LongBuffer.wrap(numbers), shape));
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
        return inputs;
    }

    private static long[] shape(long[] dimensions, int varying) {
        List<Long> shape = new ArrayList<>();
        for (long dimension : dimensions) {
            shape.add(dimension < 0 ? varying : dimension);
        }
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    private float[] normal(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    static OnnxTensor tensor(float[] numbers, long[] shape) throws OrtException {
        FloatBuffer buffer = java.nio.ByteBuffer.allocateDirect(numbers.length * Float.BYTES)
                .order(java.nio.ByteOrder.nativeOrder())
                .asFloatBuffer();
        buffer.put(0, numbers);
        return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), buffer, shape);
    }

    static float[] copy(OnnxTensor tensor) {
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] numbers = new float[buffer.remaining()];
        buffer.get(numbers);
        return numbers;
    }
}
