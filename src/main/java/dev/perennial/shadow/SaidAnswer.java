// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.ensemble.Prediction;
import dev.perennial.task.Answer;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;

/**
 * What an ensemble said about an input, as far as it is compared and scored.
 *
 * @param label the most probable label; empty when abstained and for regression
 * @param labels those that apply, of several
 * @param score the predicted score
 * @param probability of the most probable label
 */
public record SaidAnswer(
        Optional<String> label, List<String> labels, OptionalDouble score, OptionalDouble probability) {
    /** Scores that are further apart than this share of the range are different ones, as feedback judges them. */
    private static final double TOLERATED_SHARE = 0.1;

    public SaidAnswer {
        labels = List.copyOf(labels);
    }

    /** What a prediction says. */
    public static SaidAnswer of(Prediction prediction) {
        return new SaidAnswer(prediction.label(), prediction.labelSet(), prediction.score(), prediction.probability());
    }

    /** Whether another one says something else. */
    boolean differs(SaidAnswer other, Task task) {
        return switch (task.kind()) {
            case CLASSIFICATION -> !label.equals(other.label);
            case MULTILABEL -> !new TreeSet<>(labels).equals(new TreeSet<>(other.labels));
            case REGRESSION -> score.isEmpty() || other.score.isEmpty() || isFar(other.score.getAsDouble(), task);
        };
    }

    /** Whether a teacher says the same. */
    boolean isRight(Answer right, Task task) {
        if (right instanceof Answer.OneLabel one) {
            return label.equals(Optional.of(one.label()));
        }
        if (right instanceof Answer.Labels many) {
            return new Answer.Labels(labels).equals(many);
        }
        return score.isPresent() && !isFar(((Answer.Score) right).score(), task);
    }

    private boolean isFar(double other, Task task) {
        double width = task.scoreRange().orElseThrow().width();
        return Math.abs(score.orElseThrow() - other) > TOLERATED_SHARE * width;
    }

    /** The answer in one word or a few, empty when there is none: the label, or the labels that apply. */
    String name(Kind kind) {
        return kind == Kind.MULTILABEL ? String.join(", ", new TreeSet<>(labels)) : label.orElse("");
    }
}
