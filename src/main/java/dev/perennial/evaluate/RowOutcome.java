// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.ensemble.AnswerCost;
import dev.perennial.ensemble.LabelProbability;
import dev.perennial.ensemble.Prediction;
import dev.perennial.task.Answer;
import dev.perennial.task.Task;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What came of asking one row.
 *
 * @param index position of the row, from 0
 * @param truth what is right
 * @param prediction what was answered, with the probabilities of all labels
 * @param right how right that is, in [0, 1]: 1 or 0 for the label, 0 for none; of several labels the share that is
 *     right; 1 less the distance of a score as a share of the range
 * @param cost what the answer costs by the task's policy; NaN for other kinds than classification
 */
public record RowOutcome(int index, Answer truth, Prediction prediction, double right, double cost) {
    private static final double ROUNDING = 1e-9;

    /** Judges an answer. */
    static RowOutcome of(Task task, int index, Answer truth, Prediction prediction) {
        double right = switch (task.kind()) {
            case CLASSIFICATION -> prediction.label().equals(Optional.of(label(truth))) ? 1 : 0;
            case MULTILABEL -> shared(labels(truth), prediction);
            case REGRESSION ->
                1
                        - Math.abs(task.scoreRange().orElseThrow().clamp(score(truth))
                                        - prediction.score().orElseThrow())
                                / task.scoreRange().orElseThrow().width();
        };
        double cost = truth instanceof Answer.OneLabel one
                ? AnswerCost.of(task, prediction.label(), one.label())
                : Double.NaN;
        return new RowOutcome(index, truth, prediction, right, cost);
    }

    /** Whether nothing is wrong with the answer. */
    public boolean isRight() {
        return right > 1 - ROUNDING;
    }

    /**
     * What would have been said without abstaining, which need not be the most probable label; empty where the task has
     * no label, and for regression.
     */
    Optional<String> said() {
        OptionalDouble ofAnswer = prediction.probability();
        return prediction
                .label()
                .or(() -> prediction.labels().stream()
                        .filter(one -> ofAnswer.isPresent() && one.probability() == ofAnswer.getAsDouble())
                        .findFirst()
                        .map(LabelProbability::label));
    }

    /** The probability that was given to a label; 0 to one that the task does not know. */
    double probability(String label) {
        return prediction.labels().stream()
                .filter(one -> one.label().equals(label))
                .mapToDouble(LabelProbability::probability)
                .findFirst()
                .orElse(0);
    }

    static String label(Answer answer) {
        return ((Answer.OneLabel) answer).label();
    }

    static List<String> labels(Answer answer) {
        return ((Answer.Labels) answer).labels();
    }

    static double score(Answer answer) {
        return ((Answer.Score) answer).score();
    }

    /** The share of the labels, of the task and of the truth, on which both agree. */
    private static double shared(List<String> truth, Prediction prediction) {
        Set<String> all = new HashSet<>(truth);
        prediction.labels().forEach(one -> all.add(one.label()));
        long agreed = all.stream()
                .filter(label -> truth.contains(label) == prediction.labelSet().contains(label))
                .count();
        return all.isEmpty() ? 1 : (double) agreed / all.size();
    }
}
