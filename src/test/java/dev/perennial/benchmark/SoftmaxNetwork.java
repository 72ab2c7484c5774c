// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.math.FloatMatrix;
import dev.perennial.math.LinearAlgebra;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * A softmax over labels, linear in its inputs or with one hidden layer of rectified units in between, with its
 * gradient. A layer is a matrix: biases in the first row, then one row of weights for each input. The labels begin at
 * 0, so that one that was never learnt is at nothing. For one thread.
 */
final class SoftmaxNetwork {
    private final LinearAlgebra algebra;
    private final List<FloatMatrix> layers = new ArrayList<>();

    /**
     * What it is made of.
     *
     * @param hidden units of the hidden layer; 0 for none
     */
    record Shape(int inputs, int hidden, int labels) {}

    /** @param seed of the hidden layer's first weights */
    SoftmaxNetwork(LinearAlgebra algebra, Shape shape, long seed) {
        this.algebra = algebra;
        int seen = shape.inputs();
        if (shape.hidden() > 0) {
            FloatMatrix first = FloatMatrix.zeros(shape.inputs() + 1, shape.hidden());
            Random random = new Random(seed);
            for (int i = shape.hidden(); i < first.data().length; i++) {
                // Features have a squared length of about one half.
                first.data()[i] = (float) (2 * random.nextGaussian() / Math.sqrt(shape.hidden()));
            }
            layers.add(first);
            seen = shape.hidden();
        }
        layers.add(FloatMatrix.zeros(seen + 1, shape.labels()));
    }

    /** All weights and biases, to be read and changed. */
    List<FloatMatrix> layers() {
        return layers;
    }

    /** As many zeros as there are weights and biases. */
    List<FloatMatrix> zeros() {
        return layers.stream()
                .map(layer -> FloatMatrix.zeros(layer.rows(), layer.columns()))
                .toList();
    }

    /** What a layer sees of some questions: 1 for the bias, then its inputs. */
    private static FloatMatrix seen(List<float[]> inputs) {
        int width = 1 + inputs.stream().mapToInt(input -> input.length).max().orElse(0);
        FloatMatrix seen = FloatMatrix.zeros(inputs.size(), width);
        for (int i = 0; i < inputs.size(); i++) {
            seen.data()[i * width] = 1;
            System.arraycopy(inputs.get(i), 0, seen.data(), i * width + 1, inputs.get(i).length);
        }
        return seen;
    }

    /** The first rows of a layer; the rest are of inputs that are zero. */
    private static FloatMatrix first(FloatMatrix layer, int rows) {
        return rows == layer.rows()
                ? layer
                : new FloatMatrix(rows, layer.columns(), Arrays.copyOf(layer.data(), rows * layer.columns()));
    }

    /** What each layer sees, and last the scores of the labels. */
    private List<FloatMatrix> pass(List<StreamRow> questions) {
        List<FloatMatrix> pass = new ArrayList<>();
        pass.add(seen(questions.stream().map(StreamRow::features).toList()));
        for (FloatMatrix layer : layers) {
            FloatMatrix input = pass.get(pass.size() - 1);
            FloatMatrix product = algebra.multiply(input, first(layer, input.columns()));
            pass.add(pass.size() < layers.size() ? rectified(product) : product);
        }
        return pass;
    }

    private static FloatMatrix rectified(FloatMatrix units) {
        List<float[]> rectified = new ArrayList<>();
        for (int i = 0; i < units.rows(); i++) {
            float[] row = new float[units.columns()];
            units.readRow(i, row);
            for (int h = 0; h < row.length; h++) {
                row[h] = Math.max(0, row[h]);
            }
            rectified.add(row);
        }
        return seen(rectified);
    }

    /** Scores of all labels, by question. */
    FloatMatrix scores(List<StreamRow> questions) {
        List<FloatMatrix> pass = pass(questions);
        return pass.get(pass.size() - 1);
    }

    /** Probabilities by question, of the labels to choose among; of all others 0. */
    FloatMatrix probabilities(List<StreamRow> questions, IntFunction<Choices> choices) {
        FloatMatrix probabilities = scores(questions);
        softmax(probabilities, questions, choices);
        return probabilities;
    }

    private static void softmax(FloatMatrix scores, List<StreamRow> questions, IntFunction<Choices> choices) {
        float[] row = new float[scores.columns()];
        for (int i = 0; i < scores.rows(); i++) {
            scores.readRow(i, row);
            Choices among = choices.apply(questions.get(i).task());
            float highest = row[among.best(row)];
            double sum = 0;
            for (int c = 0; c < row.length; c++) {
                boolean isChoice = among.from() <= c && c < among.to();
                row[c] = isChoice ? (float) Math.exp(row[c] - highest) : 0;
                sum += row[c];
            }
            for (int c = 0; c < row.length; c++) {
                scores.data()[i * row.length + c] = (float) (row[c] / sum);
            }
        }
    }

    /** The gradient of the mean over questions of {@code -log p(label)}, by layer. */
    List<FloatMatrix> gradient(List<StreamRow> questions, IntFunction<Choices> choices) {
        List<FloatMatrix> pass = pass(questions);
        FloatMatrix blame = pass.get(pass.size() - 1);
        softmax(blame, questions, choices);
        for (int i = 0; i < blame.rows(); i++) {
            blame.data()[i * blame.columns() + questions.get(i).label()] -= 1;
        }
        for (int i = 0; i < blame.data().length; i++) {
            blame.data()[i] /= questions.size();
        }
        List<FloatMatrix> gradient = new ArrayList<>();
        for (int layer = layers.size() - 1; layer >= 0; layer--) {
            FloatMatrix seen = pass.get(layer);
            gradient.add(0, padded(algebra.multiply(transposed(seen), blame), layers.get(layer)));
            if (layer > 0) {
                blame = ofUnits(algebra.multiplyTransposed(blame, layers.get(layer)), seen);
            }
        }
        return gradient;
    }

    /** Of the units that were not rectified, without the bias that comes first. */
    private static FloatMatrix ofUnits(FloatMatrix blame, FloatMatrix seen) {
        int units = blame.columns() - 1;
        FloatMatrix ofUnits = FloatMatrix.zeros(blame.rows(), units);
        for (int i = 0; i < blame.rows(); i++) {
            for (int h = 0; h < units; h++) {
                ofUnits.data()[i * units + h] = seen.at(i, h + 1) > 0 ? blame.at(i, h + 1) : 0;
            }
        }
        return ofUnits;
    }

    private static FloatMatrix transposed(FloatMatrix matrix) {
        FloatMatrix transposed = FloatMatrix.zeros(matrix.columns(), matrix.rows());
        for (int i = 0; i < matrix.rows(); i++) {
            for (int k = 0; k < matrix.columns(); k++) {
                transposed.data()[k * matrix.rows() + i] = matrix.at(i, k);
            }
        }
        return transposed;
    }

    private static FloatMatrix padded(FloatMatrix some, FloatMatrix layer) {
        return some.rows() == layer.rows()
                ? some
                : new FloatMatrix(layer.rows(), layer.columns(), Arrays.copyOf(some.data(), layer.data().length));
    }
}
