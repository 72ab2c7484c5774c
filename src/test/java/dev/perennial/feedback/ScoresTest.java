// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.ensemble.LabelProbability;
import dev.perennial.ensemble.Odds;
import dev.perennial.task.Answer;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class ScoresTest {
    private static final List<String> LABELS = List.of("good", "bad", "so-so", "odd");

    private static Task task(Kind kind) {
        return new Task(
                new TaskId("mood"),
                kind,
                InputKind.TEXT,
                "",
                List.of(),
                kind == Kind.REGRESSION ? Optional.of(new ScoreRange(0, 10)) : Optional.empty(),
                Policy.DEFAULT);
    }

    private static Scores oneLabel(String right) {
        return Scores.of(task(Kind.CLASSIFICATION), Answers.good(), new Answer.OneLabel(right), LABELS);
    }

    @Test
    void aRightLabel_isScoredByItsProbability() {
        Scores scores = oneLabel("good");

        assertThat(scores.right()).isTrue();
        assertThat(scores.truth()).hasValue(0.7);
        assertThat(scores.logLoss().orElseThrow()).isCloseTo(-Math.log(0.7), within(1e-12));
        assertThat(scores.brier().orElseThrow()).isCloseTo(0.3 * 0.3 + 0.2 * 0.2 + 2 * 0.05 * 0.05, within(1e-12));
    }

    @Test
    void aLabelThatIsNotNamed_hasTheMeanOfThose() {
        Scores scores = oneLabel("odd");

        assertThat(scores.right()).isFalse();
        assertThat(scores.truth().orElseThrow()).isCloseTo(0.05, within(1e-12));
        assertThat(scores.brier().orElseThrow())
                .isCloseTo(0.7 * 0.7 + 0.2 * 0.2 + 0.05 * 0.05 + 0.95 * 0.95, within(1e-12));
    }

    @Test
    void aLabelThatCouldNotBeAnswered_hadNoProbability() {
        Scores scores = oneLabel("unheard");

        assertThat(scores.truth()).hasValue(0);
        assertThat(scores.logLoss().orElseThrow()).isCloseTo(-Math.log(1e-6), within(1e-12));
    }

    @Test
    void severalLabels_areScoredOneByOne() {
        Odds odds = new Odds(
                List.of(new LabelProbability("good", 0.9), new LabelProbability("bad", 0.6)),
                4,
                0.9 + 0.6 + 0.1 + 0.1,
                0.81 + 0.36 + 0.02);
        GivenAnswer given = new GivenAnswer(
                new RevisionId(1),
                "full",
                Optional.of("good"),
                List.of("good", "bad"),
                OptionalDouble.empty(),
                OptionalDouble.of(0.9),
                odds);
        Scores scores =
                Scores.of(task(Kind.MULTILABEL), given, new Answer.Labels(List.of("good", "odd", "unheard")), LABELS);

        assertThat(scores.right()).isFalse();
        // good, bad, odd, so-so, unheard
        assertThat(scores.brier().orElseThrow()).isCloseTo((0.01 + 0.36 + 0.81 + 0.01 + 1) / 5, within(1e-12));
        assertThat(scores.logLoss().orElseThrow())
                .isCloseTo(
                        -(Math.log(0.9) + Math.log(0.4) + Math.log(0.1) + Math.log(0.9) + Math.log(1e-6)) / 5,
                        within(1e-9));
        assertThat(Scores.of(task(Kind.MULTILABEL), given, new Answer.Labels(List.of("bad", "good")), LABELS)
                        .right())
                .isTrue();
    }

    @Test
    void aScore_isRightWithinATenthOfTheRange() {
        GivenAnswer given = new GivenAnswer(
                new RevisionId(1),
                "full",
                Optional.empty(),
                List.of(),
                OptionalDouble.of(5),
                OptionalDouble.empty(),
                Odds.NONE);
        assertThat(Scores.of(task(Kind.REGRESSION), given, new Answer.Score(5.9), List.of()))
                .satisfies(scores -> assertThat(scores.right()).isTrue())
                .satisfies(scores ->
                        assertThat(scores.absoluteError().orElseThrow()).isCloseTo(0.9, within(1e-12)));
        assertThat(Scores.of(task(Kind.REGRESSION), given, new Answer.Score(6.1), List.of())
                        .right())
                .isFalse();
    }

    @Test
    void anAbstention_isNotRight() {
        GivenAnswer given = Answers.good();
        GivenAnswer silent = new GivenAnswer(
                given.revision(),
                given.stage(),
                Optional.empty(),
                given.labels(),
                given.score(),
                given.probability(),
                given.odds());
        Scores scores = Scores.of(task(Kind.CLASSIFICATION), silent, new Answer.OneLabel("good"), LABELS);

        assertThat(scores.abstained()).isTrue();
        assertThat(scores.right()).isFalse();
        assertThat(scores.truth()).hasValue(0.7);
    }
}
