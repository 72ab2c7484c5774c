// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.ensemble.Odds;
import dev.perennial.ensemble.Prediction;
import dev.perennial.task.Answer;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An answer as far as feedback needs it: what was said, by whom, and how sure.
 *
 * @param revision that answered
 * @param stage how far the cascade went
 * @param label the label that was answered
 * @param labels the set of labels that was answered
 * @param score the score that was answered
 * @param probability of the most probable label
 * @param odds the probabilities of all labels in short
 */
public record GivenAnswer(
        RevisionId revision,
        String stage,
        Optional<String> label,
        List<String> labels,
        OptionalDouble score,
        OptionalDouble probability,
        Odds odds) {
    public GivenAnswer {
        labels = List.copyOf(labels);
    }

    public static GivenAnswer of(RevisionId revision, Prediction prediction) {
        return new GivenAnswer(
                revision,
                prediction.stage(),
                prediction.label(),
                prediction.labelSet(),
                prediction.score(),
                prediction.probability(),
                prediction.odds());
    }

    /** What was said to a task of this kind; empty where the task abstained. */
    public Optional<Answer> answer(Kind kind) {
        return switch (kind) {
            case CLASSIFICATION -> label.map(Answer.OneLabel::new);
            case MULTILABEL -> Optional.of(new Answer.Labels(labels));
            case REGRESSION ->
                score.isPresent() ? Optional.of(new Answer.Score(score.getAsDouble())) : Optional.empty();
        };
    }

    /** Whether that is what should have been said; of a score, nearly. */
    public boolean isRight(Task task, Answer right) {
        return answer(task.kind()).filter(said -> said.agrees(right, task)).isPresent();
    }
}
