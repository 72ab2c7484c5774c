// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.benchmark.GradientLearner.Guard;
import dev.perennial.benchmark.GradientLearner.Settings;
import dev.perennial.blas.OpenBlas;
import dev.perennial.math.FloatMatrix;
import dev.perennial.math.LinearAlgebra;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The methods that the service is compared with do what their papers say. */
final class StreamLearnersTest {
    private static final long SEED = Long.getLong("perennial.seed", 11);
    private static final LinearAlgebra ALGEBRA = new OpenBlas(1L << 24);
    private static final int INPUTS = 7;
    private static final int LABELS = 6;

    private final Random random = new Random(SEED);

    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void gradient_isThatOfFiniteDifferences(int hidden) {
        SoftmaxNetwork network = network(INPUTS, hidden);
        randomise(network);
        // One question knows less than the other, and they have other choices.
        List<StreamRow> questions =
                List.of(new StreamRow(features(INPUTS - 1), 3, 0), new StreamRow(features(INPUTS), 0, 1));
        IntFunction<Choices> choices = task -> task == 0 ? new Choices(1, 5) : new Choices(0, LABELS);
        List<FloatMatrix> gradient = network.gradient(questions, choices);

        for (int layer = 0; layer < gradient.size(); layer++) {
            float[] numbers = network.layers().get(layer).data();
            for (int i = 0; i < numbers.length; i++) {
                float number = numbers[i];
                float step = 1e-2f;
                numbers[i] = number + step;
                double above = loss(network, questions, choices);
                numbers[i] = number - step;
                double below = loss(network, questions, choices);
                numbers[i] = number;
                assertThat((double) gradient.get(layer).data()[i])
                        .as("layer %d, number %d, seed %d", layer, i, SEED)
                        .isCloseTo((above - below) / (2 * step), within(2e-3));
            }
        }
    }

    private void randomise(SoftmaxNetwork network) {
        for (FloatMatrix layer : network.layers()) {
            for (int i = 0; i < layer.data().length; i++) {
                layer.data()[i] = (float) random.nextGaussian();
            }
        }
    }

    private static double loss(SoftmaxNetwork network, List<StreamRow> questions, IntFunction<Choices> choices) {
        FloatMatrix probabilities = network.probabilities(questions, choices);
        double loss = 0;
        for (int i = 0; i < questions.size(); i++) {
            loss -= Math.log(probabilities.at(i, questions.get(i).label())) / questions.size();
        }
        return loss;
    }

    @Test
    void gradient_ofLessFeatures_isThatOfZerosBehindThem() {
        SoftmaxNetwork network = network(INPUTS, 5);
        randomise(network);
        float[] some = features(INPUTS - 3);

        List<FloatMatrix> short3 = network.gradient(List.of(new StreamRow(some, 2, 0)), task -> new Choices(0, 6));
        List<FloatMatrix> padded =
                network.gradient(List.of(new StreamRow(Arrays.copyOf(some, INPUTS), 2, 0)), task -> new Choices(0, 6));

        for (int layer = 0; layer < padded.size(); layer++) {
            assertThat(short3.get(layer).data())
                    .usingComparatorWithPrecision(1e-6f)
                    .containsExactly(padded.get(layer).data());
        }
    }

    @Test
    void probabilities_areOverTheChoicesAlone() {
        FloatMatrix probabilities = network(INPUTS, 0)
                .probabilities(List.of(new StreamRow(features(INPUTS), 2, 0)), task -> new Choices(2, 6));

        assertThat(probabilities.data()).containsExactly(0, 0, 0.25f, 0.25f, 0.25f, 0.25f);
    }

    private static SoftmaxNetwork network(int inputs, int hidden) {
        return new SoftmaxNetwork(ALGEBRA, new SoftmaxNetwork.Shape(inputs, hidden, LABELS), SEED);
    }

    @Test
    void projection_takesOutWhatIsAgainst() {
        assertThat(projected(new float[] {1, -2}, new float[] {0, 3})).containsExactly(1, 0);
        assertThat(projected(new float[] {1, 2}, new float[] {0, 3})).containsExactly(1, 2);
        assertThat(projected(new float[] {-2, 1}, new float[] {1, 1})).containsExactly(-1.5f, 1.5f);
    }

    /** Each number of it is a layer. */
    private static float[] projected(float[] gradient, float[] reference) {
        List<FloatMatrix> layers = layers(gradient);
        GradientLearner.project(layers, layers(reference));
        return new float[] {layers.get(0).at(0, 0), layers.get(1).at(0, 0)};
    }

    private static List<FloatMatrix> layers(float[] numbers) {
        return List.of(
                new FloatMatrix(1, 1, new float[] {numbers[0]}), new FloatMatrix(1, 1, new float[] {numbers[1]}));
    }

    @Test
    void memory_keepsEquallyManyOfEachLabel() {
        RehearsalMemory memory = new RehearsalMemory(10, new Random(SEED));
        for (int label = 0; label < 4; label++) {
            for (int i = 0; i < 50; i++) {
                memory.offer(new StreamRow(new float[] {i}, label, 0));
            }
        }

        Map<Integer, Integer> counts = counts(memory);
        assertThat(memory.rows()).hasSize(10);
        assertThat(counts).hasSize(4);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(2, 3));
    }

    /** What comes takes places of the labels that have most. */
    @Test
    void memory_takesFromTheLargest() {
        for (int draw = 0; draw < 20; draw++) {
            RehearsalMemory memory = new RehearsalMemory(12, new Random(SEED + draw));
            for (int i = 0; i < 150; i++) {
                memory.offer(new StreamRow(new float[] {i}, i / 50, 0));
            }
            memory.offer(new StreamRow(new float[] {150}, 3, 0));
            memory.offer(new StreamRow(new float[] {151}, 3, 0));

            assertThat(counts(memory).values()).as("seed %d", SEED + draw).containsExactlyInAnyOrder(4, 3, 3, 2);
        }
    }

    /** Of more labels than places each that comes still has a chance, and none has two. */
    @Test
    void memory_ofMoreLabelsThanPlaces() {
        RehearsalMemory memory = new RehearsalMemory(5, new Random(SEED));
        for (int i = 0; i < 200; i++) {
            memory.offer(new StreamRow(new float[] {i}, i / 10, 0));
        }

        assertThat(counts(memory)).hasSize(5);
        assertThat(counts(memory).keySet()).anyMatch(label -> label >= 5);
    }

    private static Map<Integer, Integer> counts(RehearsalMemory memory) {
        Map<Integer, Integer> counts = new HashMap<>();
        memory.rows().forEach(row -> counts.merge(row.label(), 1, Integer::sum));
        return counts;
    }

    @Test
    void nearestMean_isByTheAngle_andIgnoresWhatWasNeverTaught() {
        NearestMean nearest = new NearestMean(2, 3);
        nearest.learn(
                List.of(
                        new StreamRow(new float[] {9, 0}, 0, 0),
                        new StreamRow(new float[] {0, 1}, 1, 0),
                        new StreamRow(new float[] {1, 1}, 1, 0)),
                task -> new Choices(0, 3));

        // The mean of label 1 is at 67.5 degrees, halfway between its two examples.
        assertThat(answer(nearest, 33)).isZero();
        assertThat(answer(nearest, 35)).isOne();
        assertThat(answer(nearest, 200)).isNotEqualTo(2);
    }

    private static int answer(NearestMean nearest, double degrees) {
        double angle = Math.toRadians(degrees);
        float[] features = {(float) Math.cos(angle), (float) Math.sin(angle)};
        return nearest.answers(List.of(new StreamRow(features, 0, 0)), new Choices(0, 3))[0];
    }

    @ParameterizedTest
    @EnumSource(Guard.class)
    void everyMethod_learnsOneTask(Guard guard) {
        for (int hidden : new int[] {0, 16}) {
            LearnerPupil pupil = pupil(new Settings(guard, guard == Guard.NOTHING ? 0 : 20, 1, 1), hidden);

            pupil.learn(0);

            assertThat(pupil.accuracy(0, 0)).as("seed %d", SEED).isGreaterThan(0.9);
        }
    }

    /**
     * Two steps of labels that compete: plain descent answers the newer ones alone, and a guard keeps some of the old.
     */
    @Test
    void replay_keepsWhatPlainDescentForgets() {
        double plain = firstTaskAfterBoth(new Settings(Guard.NOTHING, 0, 3, 0));
        double replay = firstTaskAfterBoth(new Settings(Guard.REPLAY, 60, 3, 0));
        double projected = firstTaskAfterBoth(new Settings(Guard.A_GEM, 60, 3, 0));

        assertThat(plain).as("seed %d", SEED).isLessThan(0.5);
        assertThat(replay).as("seed %d", SEED).isGreaterThan(0.85);
        assertThat(projected).as("seed %d", SEED).isGreaterThan(plain);
    }

    private double firstTaskAfterBoth(Settings settings) {
        LearnerPupil pupil = pupil(settings, 0);
        pupil.learn(0);
        pupil.learn(1);
        return pupil.accuracy(0, 1);
    }

    /** As strong as can be, numbers that matter to the first task do not move. */
    @Test
    void consolidation_holdsNumbersThatMatter() {
        SoftmaxNetwork free = trained(0);
        SoftmaxNetwork held = trained(1e9);

        assertThat(moved(free)).as("seed %d", SEED).isGreaterThan(100 * moved(held));
    }

    private SoftmaxNetwork trained(double strength) {
        SoftmaxNetwork network = network(2 * LABELS, 0);
        GradientLearner learner = new GradientLearner(network, new Settings(Guard.EWC, 0, 1, strength), SEED);
        LearnerPupil pupil = new LearnerPupil(learner, stream());
        pupil.learn(0);
        before = network.layers().get(0).copy().data();
        pupil.learn(1);
        return network;
    }

    private float[] before = {};

    /** How far the weights of the first label have come since the first task. */
    private double moved(SoftmaxNetwork network) {
        double moved = 0;
        for (int i = 0; i < before.length; i += LABELS) {
            moved += Math.abs(network.layers().get(0).data()[i] - before[i]);
        }
        return moved;
    }

    private LearnerPupil pupil(Settings settings, int hidden) {
        SoftmaxNetwork network = network(2 * LABELS, hidden);
        return new LearnerPupil(new GradientLearner(network, settings, SEED), stream());
    }

    /** Two steps of three labels each, every label around a direction of its own. */
    private static LearnerPupil.Stream stream() {
        Random noise = new Random(SEED);
        List<List<StreamRow>> train = new ArrayList<>();
        List<List<StreamRow>> test = new ArrayList<>();
        for (int task = 0; task < 2; task++) {
            train.add(rows(noise, task, 60));
            test.add(rows(noise, task, 60));
        }
        return new LearnerPupil.Stream(train, test, (task, known) -> new Choices(0, 3 * known + 3));
    }

    private static List<StreamRow> rows(Random noise, int task, int count) {
        List<StreamRow> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int label = 3 * task + i % 3;
            float[] features = new float[2 * LABELS];
            for (int k = 0; k < features.length; k++) {
                features[k] = (float) (0.2 * noise.nextGaussian() + (k == label ? 1 : 0));
            }
            rows.add(new StreamRow(features, label, task));
        }
        return rows;
    }

    private float[] features(int length) {
        float[] features = new float[length];
        for (int k = 0; k < length; k++) {
            features[k] = (float) random.nextGaussian();
        }
        return features;
    }
}
