// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.util.List;
import java.util.function.IntFunction;

/** Answers the label whose examples' mean is nearest by the angle; a label of no example is never near. */
final class NearestMean implements StreamLearner {
    private final double[][] sums;

    NearestMean(int inputs, int labels) {
        this.sums = new double[labels][inputs];
    }

    @Override
    public void learn(List<StreamRow> rows, IntFunction<Choices> choices) {
        for (StreamRow row : rows) {
            double[] sum = sums[row.label()];
            double length = Math.sqrt(squares(row.features()));
            for (int k = 0; k < row.features().length && length > 0; k++) {
                sum[k] += row.features()[k] / length;
            }
        }
    }

    private static double squares(float[] features) {
        double squares = 0;
        for (float component : features) {
            squares += (double) component * component;
        }
        return squares;
    }

    @Override
    public int[] answers(List<StreamRow> questions, Choices choices) {
        return questions.stream()
                .mapToInt(question -> answer(question.features(), choices))
                .toArray();
    }

    private int answer(float[] features, Choices choices) {
        float[] cosines = new float[sums.length];
        for (int c = choices.from(); c < choices.to(); c++) {
            double dot = 0;
            double squares = 0;
            for (int k = 0; k < sums[c].length; k++) {
                dot += k < features.length ? sums[c][k] * features[k] : 0;
                squares += sums[c][k] * sums[c][k];
            }
            cosines[c] = squares == 0 ? Float.NEGATIVE_INFINITY : (float) (dot / Math.sqrt(squares));
        }
        return choices.best(cosines);
    }
}
