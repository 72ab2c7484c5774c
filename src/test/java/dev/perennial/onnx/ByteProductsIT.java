// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The arithmetic of bytes in the runtime, next to the same in plain Java. */
final class ByteProductsIT {
    private static final int ROWS = 50;
    private static final int DEPTH = 96;
    private static final int COLUMNS = 33;
    private static final float LEAST_GELU = 0.17f;

    @TempDir
    private Path directory;

    private final long seed = Long.getLong("perennial.seed", 7);
    private final Random random = new Random(seed);
    private final float[] matrix = gaussians(DEPTH * COLUMNS);

    @BeforeAll
    static void startTheRuntime() {
        OnnxFixture.runtime();
    }

    private float[] gaussians(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Test
    void product_isThatOfTheReference() throws Exception {
        float[] x = gaussians(ROWS * DEPTH);
        x[3] = 40;
        Arrays.fill(x, DEPTH, 2 * DEPTH, 0);
        compare(x, 128, 1e-9f, Products::factor);
    }

    @Test
    void productAfterAGelu_isThatOfTheReference() throws Exception {
        float[] x = gaussians(ROWS * DEPTH);
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.max(-LEAST_GELU, 3 * x[i]);
        }
        Arrays.fill(x, 0, DEPTH, -LEAST_GELU);
        compare(x, 16, LEAST_GELU / 16, Products::activeFactor);
    }

    @Test
    void largestBytes_areSummedExactly() throws Exception {
        Arrays.fill(matrix, 1);
        float[] x = new float[ROWS * DEPTH];
        Arrays.fill(x, 1);
        float[] given = run(x, Products::factor);
        for (float sum : given) {
            assertThat(sum).isCloseTo(DEPTH, within(1e-3f));
        }
    }

    private void compare(float[] x, int zero, float leastScale, BiFunction<Products, String, Products.Factor> factor)
            throws Exception {
        float[] given = run(x, factor);
        QuantisedMatrix bytes = QuantisedMatrix.byColumns(matrix, COLUMNS);
        for (int row = 0; row < ROWS; row++) {
            float[] values = Arrays.copyOfRange(x, row * DEPTH, (row + 1) * DEPTH);
            float scale = scale(values, zero, leastScale);
            for (int column = 0; column < COLUMNS; column++) {
                int sum = 0;
                for (int i = 0; i < DEPTH; i++) {
                    int step = (int) Math.max(0, Math.min(255, Math.rint(values[i] / scale) + zero));
                    sum += (step - zero) * bytes.bytes()[i * COLUMNS + column];
                }
                float expected = sum * bytes.scales()[column] * scale;
                assertThat(given[row * COLUMNS + column])
                        .as("seed %d, row %d", seed, row)
                        .isCloseTo(expected, within(1e-4f + 1e-5f * Math.abs(expected)));
            }
        }
        float[] alone = run(Arrays.copyOfRange(x, 5 * DEPTH, 6 * DEPTH), factor);
        assertThat(alone).isEqualTo(Arrays.copyOfRange(given, 5 * COLUMNS, 6 * COLUMNS));
    }

    private static float scale(float[] values, int zero, float leastScale) {
        float largest = zero == 128 ? 0 : Float.NEGATIVE_INFINITY;
        for (float value : values) {
            largest = Math.max(largest, zero == 128 ? Math.abs(value) : value);
        }
        return Math.max(largest * (1f / (255 - zero)), leastScale);
    }

    /** The product of rows and the matrix, in the runtime. */
    private float[] run(float[] x, BiFunction<Products, String, Products.Factor> factor) throws Exception {
        GraphNodes nodes = new GraphNodes(stored(), "weights");
        Products products = new ByteProducts(nodes);
        nodes.input("x", DataType.FLOAT, "rows", "depth");
        nodes.output(products.product(factor.apply(products, "x"), "m"), "y", COLUMNS);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (SessionOptions options = new SessionOptions()) {
            options.addConfigEntry("session.model_external_initializers_file_folder_path", directory.toString());
            try (OrtSession session = environment.createSession(nodes.model(), options);
                    OnnxTensor rows = OnnxTensor.createTensor(
                            environment, FloatBuffer.wrap(x), new long[] {x.length / DEPTH, DEPTH});
                    OrtSession.Result result = session.run(Map.of("x", rows))) {
                float[] y = new float[x.length / DEPTH * COLUMNS];
                ((OnnxTensor) result.get(0)).getFloatBuffer().get(y);
                return y;
            }
        }
    }

    private StoredWeights stored() throws IOException {
        QuantisedMatrix bytes = QuantisedMatrix.byColumns(matrix, COLUMNS);
        ByteBuffer file = ByteBuffer.allocate(bytes.bytes().length + COLUMNS * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.put(bytes.bytes());
        file.asFloatBuffer().put(bytes.scales());
        Files.write(directory.resolve("weights"), file.array());
        long length = bytes.bytes().length;
        return new StoredWeights(Map.of(
                "m",
                new StoredWeights.Weight(DataType.INT8_VALUE, List.of((long) DEPTH, (long) COLUMNS), 0, length),
                QuantisedWeights.scales("m"),
                new StoredWeights.Weight(
                        DataType.FLOAT_VALUE, List.of((long) COLUMNS), length, (long) COLUMNS * Float.BYTES)));
    }
}
