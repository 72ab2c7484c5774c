// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Part;
import dev.perennial.math.Matrix;
import dev.perennial.math.Platt;
import dev.perennial.math.Probabilities;
import dev.perennial.math.Temperature;
import dev.perennial.task.Kind;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The examples that a fit is judged by, and how well leave-one-out scores explain them.
 *
 * @param kind what an answer is
 * @param rows the held-out rows, in the order of the scores' rows
 */
record HeldOut(Kind kind, List<Row> rows) {
    /** A few pseudo-examples of evidence for what scores mean, so that the first real ones do not decide alone. */
    private static final double PRIOR_STRENGTH = 2;

    private static final Platt PRIOR_PLATT = new Platt(6, -3);

    double[] weights() {
        return rows.stream().mapToDouble(Row::weight).toArray();
    }

    /** Index of the label of each row (classification only). */
    int[] truth() {
        return rows.stream().mapToInt(row -> Probabilities.argmax(row.target())).toArray();
    }

    /** What scores mean: the slope and offset that make the held-out answers most probable. */
    Platt link(Matrix scores) {
        return switch (kind) {
            case CLASSIFICATION ->
                new Platt(
                        Temperature.fit(scores, truth(), weights(), priorTemperature(scores.columns()), PRIOR_STRENGTH),
                        0);
            case MULTILABEL -> Platt.fit(scores.data(), flatTargets(), flatWeights(), PRIOR_PLATT, PRIOR_STRENGTH);
            case REGRESSION -> new Platt(1, 0);
        };
    }

    /** Mean loss of held-out scores: negative log-likelihood, or squared error for regression. Lower is better. */
    double loss(Matrix scores) {
        Platt link = link(scores);
        double loss = 0;
        double total = 0;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            double[] answer = answer(scores, i, link);
            loss += row.weight() * loss(row, answer);
            total += row.weight();
        }
        return total == 0 ? 0 : loss / total;
    }

    /** What the scores of every held-out row say. */
    List<double[]> answers(Matrix scores) {
        Platt link = link(scores);
        return IntStream.range(0, rows.size())
                .mapToObj(row -> answer(scores, row, link))
                .toList();
    }

    /** The loss of an answer to each row: negative log-likelihood, or squared error for regression. */
    double[] losses(List<double[]> answers) {
        double[] losses = new double[answers.size()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = loss(rows.get(i), answers.get(i));
        }
        return losses;
    }

    /** What the scores of one held-out row say. */
    double[] answer(Matrix scores, int row, Platt link) {
        return Part.answer(kind, scores.row(row), link, rows.get(row).prior());
    }

    /** How right answers are, one for each row, in [0, 1]; see {@link Examination}. */
    double[] scores(List<double[]> answers) {
        double[] scores = new double[answers.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = score(rows.get(i), answers.get(i));
        }
        return scores;
    }

    private double score(Row row, double[] answer) {
        return switch (kind) {
            case CLASSIFICATION -> Probabilities.argmax(answer) == Probabilities.argmax(row.target()) ? 1 : 0;
            case MULTILABEL -> {
                double right = 0;
                for (int c = 0; c < answer.length; c++) {
                    right += answer[c] >= 0.5 == row.target()[c] > 0.5 ? 1 : 0;
                }
                yield right / Math.max(1, answer.length);
            }
            case REGRESSION -> Math.max(0, 1 - Math.abs(answer[0] - row.target()[0] - row.prior()));
        };
    }

    private double loss(Row row, double[] answer) {
        double loss = 0;
        switch (kind) {
            case CLASSIFICATION -> loss = -log(answer[Probabilities.argmax(row.target())]);
            case MULTILABEL -> {
                for (int c = 0; c < answer.length; c++) {
                    loss -= log(row.target()[c] > 0.5 ? answer[c] : 1 - answer[c]);
                }
            }
            case REGRESSION -> {
                double gap = answer[0] - row.target()[0] - row.prior();
                loss = gap * gap;
            }
        }
        return loss;
    }

    private static double log(double probability) {
        return Math.log(Math.max(probability, Double.MIN_NORMAL));
    }

    private static double priorTemperature(int labels) {
        return 5 + Math.log(Math.max(1, labels));
    }

    private double[] flatTargets() {
        return rows.stream()
                .flatMapToDouble(row -> java.util.Arrays.stream(row.target()))
                .toArray();
    }

    private double[] flatWeights() {
        return rows.stream()
                .flatMapToDouble(row -> java.util.Arrays.stream(row.target()).map(any -> row.weight()))
                .toArray();
    }
}
