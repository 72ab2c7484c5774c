// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.math.FloatMatrix;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Each loss and its derivative against what the definition says, and against differences. */
final class LossesTest {
    private static final long SEED = Long.getLong("perennial.seed", 20261122);
    private static final int WIDTH = 6;
    private static final float STEP = 1e-2f;

    private static FloatMatrix unitRows(int rows) {
        Random random = new Random(SEED);
        FloatMatrix matrix = FloatMatrix.zeros(rows, WIDTH);
        for (int row = 0; row < rows; row++) {
            double squares = 0;
            for (int k = 0; k < WIDTH; k++) {
                matrix.data()[row * WIDTH + k] = (float) random.nextGaussian();
                squares += Math.pow(matrix.at(row, k), 2);
            }
            for (int k = 0; k < WIDTH; k++) {
                matrix.data()[row * WIDTH + k] /= (float) Math.sqrt(squares);
            }
        }
        return matrix;
    }

    private static double value(Loss loss, FloatMatrix embeddings) {
        return loss.of(embeddings, FloatMatrix.zeros(embeddings.rows(), embeddings.columns()));
    }

    private static double difference(float[] data, int i, java.util.function.DoubleSupplier value) {
        float at = data[i];
        double[] values = new double[5];
        for (int k = -2; k <= 2; k++) {
            data[i] = at + k * STEP;
            values[k + 2] = value.getAsDouble();
        }
        data[i] = at;
        return (8 * (values[3] - values[1]) - (values[4] - values[0])) / (12 * STEP);
    }

    private static void derivativeIsRight(Loss loss, FloatMatrix embeddings) {
        FloatMatrix gradient = FloatMatrix.zeros(embeddings.rows(), WIDTH);
        loss.of(embeddings, gradient);
        double[] expected = new double[gradient.data().length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = difference(embeddings.data(), i, () -> value(loss, embeddings));
        }
        assertThat(GradientCheck.difference(gradient.data(), expected)).isLessThan(1e-4);
    }

    @Test
    void contrast_isTheMeanOverThePositives() {
        int[] labels = {0, 0, 1, 1, 1, 2};
        FloatMatrix z = unitRows(labels.length);
        double expected = 0;
        for (int i = 0; i < 5; i++) {
            double sum = 0;
            for (int k = 0; k < labels.length; k++) {
                sum += k == i ? 0 : Math.exp(z.dot(i, k) / 0.3);
            }
            double own = 0;
            int company = 0;
            for (int p = 0; p < labels.length; p++) {
                if (p != i && labels[p] == labels[i]) {
                    own -= Math.log(Math.exp(z.dot(i, p) / 0.3) / sum);
                    company++;
                }
            }
            expected += own / company / 5;
        }
        assertThat(value(new ContrastiveLoss(labels, 0.3), z)).isCloseTo(expected, within(1e-9));
        derivativeIsRight(new ContrastiveLoss(labels, 0.3), z);
    }

    @Test
    void contrast_withoutAnyCompany_isNothing() {
        FloatMatrix z = unitRows(3);
        FloatMatrix gradient = FloatMatrix.zeros(3, WIDTH);
        assertThat(new ContrastiveLoss(new int[] {0, 1, 2}, 0.1).of(z, gradient))
                .isZero();
        assertThat(gradient.data()).containsOnly(0);
    }

    @Test
    void cosines_areComparedBySquares() {
        FloatMatrix z = unitRows(4);
        CosineLoss loss = new CosineLoss(new float[] {0.2f, -0.5f});
        double expected = (Math.pow(z.dot(0, 1) - 0.2f, 2) + Math.pow(z.dot(2, 3) + 0.5f, 2)) / 2;
        assertThat(value(loss, z)).isCloseTo(expected, within(1e-9));
        derivativeIsRight(loss, z);
    }

    @Test
    void classification_learnsItsHeadToo() {
        int[] labels = {0, 2, 1, 2};
        FloatMatrix z = unitRows(labels.length);
        SoftmaxHead head = SoftmaxHead.of(3, WIDTH, new SplittableRandom(SEED));
        head.biases().values().put(1, 0.7f);
        ClassificationLoss loss = new ClassificationLoss(labels, head);
        derivativeIsRight(loss, z);
        for (Parameter parameter : head.parameters()) {
            value(loss, z);
            float[] computed = new float[parameter.size()];
            parameter.gradient().get(0, computed);
            float[] values = parameter.copy();
            double[] expected = new double[values.length];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = difference(values, i, () -> {
                    parameter.values().put(0, values);
                    return value(loss, z);
                });
                parameter.values().put(0, values);
            }
            assertThat(GradientCheck.difference(computed, expected))
                    .as(parameter.name())
                    .isLessThan(1e-4);
        }
    }

    @Test
    void pairs_areSeenAsHeadsSeeThem_andTheirDerivativeReachesAllThreeReadings() {
        int[] labels = {0, 1, 1};
        FloatMatrix z = unitRows(PairFeatures.READINGS * labels.length);
        for (int pair = 0; pair < labels.length; pair++) {
            int u = PairFeatures.READINGS * pair * WIDTH;
            for (int k = u; k < u + WIDTH; k++) {
                // Apart, because their distance has no derivative at nothing.
                z.data()[k + WIDTH] = z.data()[k] + (z.data()[k] > 0 ? -0.3f : 0.3f);
            }
        }
        FloatMatrix features = PairFeatures.of(z);
        assertThat(features.rows()).isEqualTo(labels.length);
        for (int k = 0; k < WIDTH; k++) {
            double u = z.at(3, k);
            double v = z.at(4, k);
            assertThat((double) features.at(1, k)).isCloseTo(Math.sqrt(0.05) * u, within(1e-6));
            assertThat((double) features.at(1, WIDTH + k)).isCloseTo(Math.sqrt(0.05) * v, within(1e-6));
            assertThat((double) features.at(1, 2 * WIDTH + k))
                    .isCloseTo(Math.sqrt(0.35) * Math.abs(u - v), within(1e-6));
            assertThat((double) features.at(1, 3 * WIDTH + k)).isCloseTo(Math.sqrt(0.35 * WIDTH) * u * v, within(1e-6));
            assertThat((double) features.at(1, 4 * WIDTH + k)).isCloseTo(Math.sqrt(0.2) * z.at(5, k), within(1e-6));
        }
        SoftmaxHead head = SoftmaxHead.of(2, PairFeatures.BLOCKS * WIDTH, new SplittableRandom(SEED));
        derivativeIsRight(new PairFeatures(new ClassificationLoss(labels, head)), z);
    }

    @Test
    void adam_followsItsEquations() {
        Parameter parameter = new Parameter("w", new long[] {1}, new float[] {2}, 3);
        AdamW adam = new AdamW(parameter, 0.1f);
        double w = 2;
        double m = 0;
        double v = 0;
        for (int step = 1; step <= 5; step++) {
            double g = Math.sin(step);
            parameter.gradient().put(0, (float) g);
            adam.step(step, 0.01);
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            double direction = m / (1 - Math.pow(0.9, step)) / (Math.sqrt(v / (1 - Math.pow(0.999, step))) + 1e-8);
            w -= 0.03 * (direction + 0.1 * w);
            assertThat((double) parameter.values().get(0)).isCloseTo(w, within(1e-6));
        }
    }

    @Test
    void adam_leavesWhatIsMaskedAsItIs() {
        Parameter parameter = new Parameter("w", new long[] {3}, new float[] {1, 2, 3}, 1);
        parameter.restrict(new int[] {1});
        parameter.gradient().put(0, new float[] {1, 1, 1});
        new AdamW(parameter, 0.5f).step(1, 0.1);
        assertThat(parameter.copy()[0]).isEqualTo(1);
        assertThat(parameter.copy()[1]).isLessThan(2);
        assertThat(parameter.copy()[2]).isEqualTo(3);
    }

    @Test
    void rates_growThenFallToNothing() {
        TrainingPlan plan = new TrainingPlan(20, 1, 0.1, 0, 0, 0, 0, 1);
        assertThat(plan.rateAt(1)).isEqualTo(0.5);
        assertThat(plan.rateAt(2)).isEqualTo(1);
        assertThat(plan.rateAt(3)).isCloseTo(18.0 / 19, within(1e-12));
        assertThat(plan.rateAt(20)).isCloseTo(1.0 / 19, within(1e-12));
    }

    @Test
    void mixout_keepsTheMean_andTheDerivativeOfWhatStayed() {
        int size = 100_000;
        float[] initial = new float[size];
        java.util.Arrays.fill(initial, 1);
        Parameter parameter = new Parameter("w", new long[] {size}, initial, 1);
        float[] learnt = new float[size];
        java.util.Arrays.fill(learnt, 3);
        parameter.values().put(0, learnt);
        Mixout mixout = Mixout.begin(parameter, 0.25f, new SplittableRandom(SEED));
        float[] mixed = parameter.copy();
        double mean = 0;
        for (float value : mixed) {
            mean += value / size;
        }
        assertThat(mean).isCloseTo(3, within(0.02));
        float[] ones = new float[size];
        java.util.Arrays.fill(ones, 1);
        parameter.gradient().put(0, ones);
        mixout.end();
        assertThat(parameter.copy()).isEqualTo(learnt);
        for (int i = 0; i < size; i++) {
            boolean back = mixed[i] < 2;
            assertThat(parameter.gradient().get(i)).isEqualTo(back ? 0 : 1 / 0.75f);
        }
    }

    @Test
    void fisherMask_keepsTheShareWithTheLargestSquares() {
        Parameter first = new Parameter("a", new long[] {4}, new float[4], 1);
        Parameter second = new Parameter("b", new long[] {2}, new float[2], 1);
        FisherMask mask = new FisherMask(java.util.List.of(first, second));
        first.gradient().put(0, new float[] {1, -5, 2, 2});
        second.gradient().put(0, new float[] {0, 3});
        mask.add();
        mask.restrict(0.5);
        assertThat(first.mask().orElseThrow()).containsExactly(1, 2);
        assertThat(second.mask().orElseThrow()).containsExactly(1);
    }
}
