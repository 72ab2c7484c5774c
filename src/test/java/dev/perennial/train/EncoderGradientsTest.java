// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OrtEnvironment;
import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class EncoderGradientsTest {
    private static final long SEED = Long.getLong("perennial.seed", 20261122);
    private static final List<TokenSequence> TEXTS = List.of(text(5), text(9), text(2), text(7), text(9));

    /** Others in this process may want the engine, which must come first. */
    @BeforeAll
    static void loadRuntime() {
        OnnxRuntime.preload();
    }

    @TempDir
    private Path directory;

    private final TinyBert bert = new TinyBert(SEED);

    static TokenSequence text(int length) {
        long[] ids = new long[length];
        for (int i = 0; i < length; i++) {
            ids[i] = (7L * i + length) % TinyBert.VOCABULARY;
        }
        long[] types = new long[length];
        types[length - 1] = 1;
        return new TokenSequence(ids, types);
    }

    private EncoderGradients open(Selection selection, Pooling pooling) throws IOException {
        EncoderFile file = new EncoderFile(bert.write(directory.resolve("bert.onnx")), "0".repeat(64), pooling);
        Workplace workplace = Workplace.in(directory, OrtEnvironment.getEnvironment(), Device.CPU);
        return EncoderGradients.open(file, selection, new SplittableRandom(SEED), workplace);
    }

    /** A linear loss with random weights, the same for each text. */
    private static Loss loss() {
        Random random = new Random(SEED);
        float[] weights = new float[TEXTS.size() * TinyBert.HIDDEN];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        return (embeddings, gradient) -> {
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                sum += (double) weights[i] * embeddings.data()[i];
                gradient.data()[i] += weights[i];
            }
            return sum;
        };
    }

    @ParameterizedTest
    @EnumSource
    void derivatives_areThoseOfASecondImplementation(Pooling pooling) throws IOException {
        PlainBert plain = new PlainBert(bert.weights());
        try (EncoderGradients encoder = open(new Selection.LastLayers(TinyBert.LAYERS), pooling)) {
            encoder.differentiate(new Exercise(TEXTS, loss()));
            double worst = reference(plain, encoder.embeddings(TEXTS), pooling);
            assertThat(worst).as("embeddings").isLessThan(1e-6);
            assertThat(encoder.parameters()).hasSize(15 * TinyBert.LAYERS);
            for (Parameter parameter : encoder.parameters()) {
                assertThat(difference(parameter, plain)).as(parameter.name()).isLessThan(1e-5);
            }
        }
    }

    private static double reference(PlainBert plain, FloatMatrix embeddings, Pooling pooling) {
        FloatMatrix gradient = FloatMatrix.zeros(embeddings.rows(), embeddings.columns());
        loss().of(embeddings, gradient);
        double worst = 0;
        for (int row = 0; row < TEXTS.size(); row++) {
            double[] vector = plain.vector(TEXTS.get(row), pooling);
            double[] back = new double[vector.length];
            for (int k = 0; k < back.length; k++) {
                worst = Math.max(worst, Math.abs(vector[k] - embeddings.at(row, k)));
                back[k] = gradient.at(row, k);
            }
            plain.back(back);
        }
        return worst;
    }

    private static double difference(Parameter parameter, PlainBert plain) {
        return GradientCheck.difference(gradient(parameter), plain.gradients().get(parameter.name()));
    }

    @Test
    void derivativesOfBiasesAndNorms_areThoseOfASecondImplementation_andKeyBiasesAreLeftOut() throws IOException {
        PlainBert plain = new PlainBert(bert.weights());
        try (EncoderGradients encoder = open(new Selection.BiasesAndNorms(), Pooling.MEAN)) {
            encoder.differentiate(new Exercise(TEXTS, loss()));
            reference(plain, encoder.embeddings(TEXTS), Pooling.MEAN);
            assertThat(encoder.parameters())
                    .extracting(Parameter::name)
                    .contains("embeddings.LayerNorm.bias", "encoder.layer.1.attention.self.query.bias")
                    .noneMatch(name -> name.endsWith("key.bias"))
                    .noneMatch(name -> name.contains("dense.weight"));
            for (Parameter parameter : encoder.parameters()) {
                assertThat(difference(parameter, plain)).as(parameter.name()).isLessThan(1e-5);
            }
        }
    }

    /** Of {@code W + s A B}: {@code dA = s dW B', dB = s A' dW}. */
    @Test
    void derivativesOfCorrections_followFromThoseOfTheWholeMatrix() throws IOException {
        Selection.LowRank selection = new Selection.LowRank(Selection.Places.ALL_PRODUCTS, 2, 3, true, 4);
        try (EncoderGradients encoder = open(selection, Pooling.MEAN)) {
            assertThat(encoder.parameters()).hasSize(2 * 6 * TinyBert.LAYERS);
            randomise(encoder.parameters());
            Map<String, float[]> corrected = new HashMap<>(bert.weights());
            List<Parameter> factors = encoder.parameters();
            for (int i = 0; i < factors.size(); i += 2) {
                String name = factors.get(i).name().replace("#A", "");
                corrected.put(
                        name,
                        corrected(bert.weights().get(name), factors.get(i), factors.get(i + 1), selection.scale()));
            }
            PlainBert plain = new PlainBert(corrected);
            encoder.differentiate(new Exercise(TEXTS, loss()));
            assertThat(reference(plain, encoder.embeddings(TEXTS), Pooling.MEAN))
                    .isLessThan(1e-6);
            for (int i = 0; i < factors.size(); i += 2) {
                compare(factors.get(i), factors.get(i + 1), plain, selection.scale());
            }
        }
    }

    private static float[] corrected(float[] weight, Parameter first, Parameter second, float scale) {
        float[] sum = weight.clone();
        int rank = (int) first.shape()[1];
        int columns = (int) second.shape()[1];
        for (int i = 0; i < sum.length; i++) {
            for (int k = 0; k < rank; k++) {
                sum[i] += scale
                        * first.values().get(i / columns * rank + k)
                        * second.values().get(k * columns + i % columns);
            }
        }
        return sum;
    }

    private static void compare(Parameter first, Parameter second, PlainBert plain, float scale) {
        double[] whole = plain.gradients().get(first.name().replace("#A", ""));
        int rank = (int) first.shape()[1];
        int columns = (int) second.shape()[1];
        double[] ofFirst = new double[first.size()];
        double[] ofSecond = new double[second.size()];
        for (int i = 0; i < whole.length; i++) {
            for (int k = 0; k < rank; k++) {
                int a = i / columns * rank + k;
                int b = k * columns + i % columns;
                ofFirst[a] += scale * whole[i] * second.values().get(b);
                ofSecond[b] += scale * whole[i] * first.values().get(a);
            }
        }
        assertThat(GradientCheck.difference(gradient(first), ofFirst))
                .as(first.name())
                .isLessThan(1e-5);
        assertThat(GradientCheck.difference(gradient(second), ofSecond))
                .as(second.name())
                .isLessThan(1e-5);
    }

    private static float[] gradient(Parameter parameter) {
        float[] gradient = new float[parameter.size()];
        parameter.gradient().get(0, gradient);
        return gradient;
    }

    @Test
    void derivatives_areDifferencesOfTheLoss() throws IOException {
        try (EncoderGradients encoder = open(new Selection.LastLayers(TinyBert.LAYERS), Pooling.MEAN)) {
            encoder.differentiate(new Exercise(TEXTS, loss()));
            for (Parameter parameter : encoder.parameters()) {
                float[] computed = gradient(parameter);
                assertThat(GradientCheck.difference(computed, differences(encoder, parameter)))
                        .as(parameter.name())
                        .isLessThan(1e-4);
            }
        }
    }

    /** The second factors begin as zeros, where the first ones have no effect. */
    private static void randomise(List<Parameter> parameters) {
        Random random = new Random(SEED);
        for (Parameter parameter : parameters) {
            for (int i = 0; i < parameter.size(); i++) {
                parameter.values().put(i, (float) (0.3 * random.nextGaussian()));
            }
        }
    }

    private static double[] differences(EncoderGradients encoder, Parameter parameter) {
        float step = 0.03f;
        double[] differences = new double[parameter.size()];
        for (int i = 0; i < differences.length; i++) {
            float at = parameter.values().get(i);
            double[] losses = new double[5];
            for (int k = -2; k <= 2; k++) {
                parameter.values().put(i, at + k * step);
                FloatMatrix embeddings = encoder.embeddings(TEXTS);
                losses[k + 2] = loss().of(embeddings, FloatMatrix.zeros(embeddings.rows(), embeddings.columns()));
            }
            parameter.values().put(i, at);
            differences[i] = (8 * (losses[3] - losses[1]) - (losses[4] - losses[0])) / (12 * step);
        }
        return differences;
    }

    @Test
    void whatIsSpeltOut_isWrittenAsOneOperator() {
        Network network = EncoderGraph.of(bert.model()).network();
        Fusion.fuse(network);
        assertThat(network.nodes())
                .extracting(NodeProto::getOpType)
                .filteredOn(operator -> operator.equals("LayerNormalization") || operator.equals("Gelu"))
                .hasSize(1 + 3 * TinyBert.LAYERS);
    }

    @Test
    void correctionsBegin_withoutEffect() throws IOException {
        PlainBert plain = new PlainBert(bert.weights());
        try (EncoderGradients encoder = open(Selection.LowRank.defaults(), Pooling.MEAN)) {
            assertThat(reference(plain, encoder.embeddings(TEXTS), Pooling.MEAN))
                    .isLessThan(1e-6);
        }
    }

    @Test
    void anEncoderWithoutNamedLayers_isRefused() {
        assertThatThrownBy(() -> SelectedParameters.expose(
                        EncoderGraph.of(bert.model().toBuilder()
                                .setGraph(bert.model().getGraph().toBuilder().clearInitializer())
                                .build()),
                        new Selection.LastLayers(1),
                        new SplittableRandom(1)))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("no weights of this selection");
    }
}
