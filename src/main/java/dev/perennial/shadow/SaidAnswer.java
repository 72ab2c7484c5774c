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
    public SaidAnswer {
        labels = List.copyOf(labels);
    }

    /** What a prediction says. */
    public static SaidAnswer of(Prediction prediction) {
        return new SaidAnswer(prediction.label(), prediction.labelSet(), prediction.score(), prediction.probability());
    }

    /** What was said to a task of this kind; empty where it abstained. */
    private Optional<Answer> answer(Kind kind) {
        return switch (kind) {
            case CLASSIFICATION -> label.map(Answer.OneLabel::new);
            case MULTILABEL -> Optional.of(new Answer.Labels(labels));
            case REGRESSION ->
                score.isPresent() ? Optional.of(new Answer.Score(score.getAsDouble())) : Optional.empty();
        };
    }

    /** Whether another one says something else. */
    boolean differs(SaidAnswer other, Task task) {
        Optional<Answer> theirs = other.answer(task.kind());
        return theirs.isPresent()
                ? !isRight(theirs.get(), task)
                : answer(task.kind()).isPresent();
    }

    /** Whether a teacher says the same. */
    boolean isRight(Answer right, Task task) {
        return answer(task.kind()).filter(said -> said.agrees(right, task)).isPresent();
    }

    /** The answer in one word or a few, empty when there is none: the label, or the labels that apply. */
    String name(Kind kind) {
        return kind == Kind.MULTILABEL ? String.join(", ", new TreeSet<>(labels)) : label.orElse("");
    }
}
