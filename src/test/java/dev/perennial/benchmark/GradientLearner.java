// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.math.FloatMatrix;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * Stochastic gradient descent on the rows of a step, some epochs in batches, in one of the well-known ways to guard
 * what was learnt before: not at all; experience replay (Chaudhry et al. 2019), where each batch is joined by as many
 * rows of a memory; online elastic weight consolidation (Schwarz et al. 2018), where every number is held at its place
 * by the sum of the diagonal Fisher informations of the steps before; averaged gradient episodic memory (Chaudhry et
 * al. 2019), where a gradient that would do harm to rows of a memory is projected. For one thread.
 */
final class GradientLearner implements StreamLearner {
    /** What guards against forgetting. */
    enum Guard {
        NOTHING,
        REPLAY,
        EWC,
        A_GEM
    }

    /**
     * How it learns.
     *
     * @param stored rows that the memory holds
     * @param strength of elastic weight consolidation
     */
    record Settings(Guard guard, int stored, double rate, double strength) {
        Settings with(double otherRate, double otherStrength) {
            return new Settings(guard, stored, otherRate, otherStrength);
        }
    }

    static final int EPOCHS = 5;
    static final int BATCH = 32;
    private static final int MOST_FOR_FISHER = 200;

    private final SoftmaxNetwork network;
    private final Settings settings;
    private final Random random;
    private final RehearsalMemory memory;
    private final List<FloatMatrix> fisher;
    private List<FloatMatrix> anchor;

    GradientLearner(SoftmaxNetwork network, Settings settings, long seed) {
        this.network = network;
        this.settings = settings;
        this.random = new Random(seed);
        this.memory = new RehearsalMemory(settings.stored(), random);
        this.fisher = network.zeros();
        this.anchor = network.zeros();
    }

    @Override
    public void learn(List<StreamRow> rows, IntFunction<Choices> choices) {
        List<StreamRow> order = new ArrayList<>(rows);
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            Collections.shuffle(order, random);
            for (int from = 0; from < order.size(); from += BATCH) {
                step(order.subList(from, Math.min(order.size(), from + BATCH)), choices);
            }
        }
        if (settings.stored() > 0) {
            Collections.shuffle(order, random);
            order.forEach(memory::offer);
        }
        if (settings.guard() == Guard.EWC) {
            consolidate(order, choices);
        }
    }

    private void step(List<StreamRow> batch, IntFunction<Choices> choices) {
        List<StreamRow> rows = new ArrayList<>(batch);
        if (settings.guard() == Guard.REPLAY) {
            rows.addAll(memory.draw(batch.size()));
        }
        List<FloatMatrix> gradient = network.gradient(rows, choices);
        if (settings.guard() == Guard.A_GEM && !memory.isEmpty()) {
            project(gradient, network.gradient(memory.draw(2 * BATCH), choices));
        }
        add(network.layers(), -settings.rate(), gradient);
        if (settings.guard() == Guard.EWC) {
            holdBack();
        }
    }

    private static void add(List<FloatMatrix> to, double factor, List<FloatMatrix> what) {
        for (int layer = 0; layer < to.size(); layer++) {
            float[] sum = to.get(layer).data();
            float[] added = what.get(layer).data();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += (float) factor * added[i];
            }
        }
    }

    private static double dot(List<FloatMatrix> one, List<FloatMatrix> other) {
        double dot = 0;
        for (int layer = 0; layer < one.size(); layer++) {
            float[] a = one.get(layer).data();
            float[] b = other.get(layer).data();
            for (int i = 0; i < a.length; i++) {
                dot += (double) a[i] * b[i];
            }
        }
        return dot;
    }

    /** Takes out of a gradient what points against another one. */
    static void project(List<FloatMatrix> gradient, List<FloatMatrix> reference) {
        double dot = dot(gradient, reference);
        if (dot < 0) {
            add(gradient, -dot / dot(reference, reference), reference);
        }
    }

    /** The penalty {@code strength / 2 * sum F (w - anchor)^2} in an implicit step, which is stable at any strength. */
    private void holdBack() {
        double pull = settings.rate() * settings.strength();
        for (int layer = 0; layer < fisher.size(); layer++) {
            float[] numbers = network.layers().get(layer).data();
            for (int i = 0; i < numbers.length; i++) {
                double held = pull * fisher.get(layer).data()[i];
                numbers[i] = (float) ((numbers[i] + held * anchor.get(layer).data()[i]) / (1 + held));
            }
        }
    }

    /** Adds the Fisher information of a step's rows, with labels drawn from what the network says. */
    private void consolidate(List<StreamRow> shuffled, IntFunction<Choices> choices) {
        List<StreamRow> rows = shuffled.subList(0, Math.min(MOST_FOR_FISHER, shuffled.size()));
        FloatMatrix probabilities = network.probabilities(rows, choices);
        float[] ofRow = new float[probabilities.columns()];
        for (int i = 0; i < rows.size(); i++) {
            StreamRow row = rows.get(i);
            probabilities.readRow(i, ofRow);
            int label = draw(ofRow, choices.apply(row.task()));
            StreamRow drawn = new StreamRow(row.features(), label, row.task());
            List<FloatMatrix> gradient = network.gradient(List.of(drawn), choices);
            addSquares(gradient, rows.size());
        }
        anchor = network.layers().stream().map(FloatMatrix::copy).toList();
    }

    private void addSquares(List<FloatMatrix> gradient, int rows) {
        for (int layer = 0; layer < fisher.size(); layer++) {
            float[] sum = fisher.get(layer).data();
            float[] numbers = gradient.get(layer).data();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += numbers[i] * numbers[i] / rows;
            }
        }
    }

    private int draw(float[] probabilities, Choices among) {
        double left = random.nextDouble();
        for (int c = among.from(); c < among.to() - 1; c++) {
            left -= probabilities[c];
            if (left < 0) {
                return c;
            }
        }
        return among.to() - 1;
    }

    @Override
    public int[] answers(List<StreamRow> questions, Choices choices) {
        FloatMatrix scores = network.scores(questions);
        float[] row = new float[scores.columns()];
        int[] answers = new int[questions.size()];
        for (int i = 0; i < answers.length; i++) {
            scores.readRow(i, row);
            answers[i] = choices.best(row);
        }
        return answers;
    }
}
