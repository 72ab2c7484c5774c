// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.learn.School;
import dev.perennial.task.Answer;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class SaidAnswerTest {
    private static SaidAnswer label(String label) {
        return new SaidAnswer(
                Optional.of(label).filter(name -> !name.isEmpty()),
                List.of(),
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }

    private static SaidAnswer labels(String... labels) {
        return new SaidAnswer(Optional.empty(), List.of(labels), OptionalDouble.empty(), OptionalDouble.empty());
    }

    private static SaidAnswer score(double score) {
        return new SaidAnswer(Optional.empty(), List.of(), OptionalDouble.of(score), OptionalDouble.empty());
    }

    @Test
    void labels_areTheSameOrNot() {
        Task task = School.task(Kind.CLASSIFICATION, InputKind.TEXT);

        assertThat(label("a").differs(label("a"), task)).isFalse();
        assertThat(label("a").differs(label("b"), task)).isTrue();
        assertThat(label("a").differs(label(""), task)).isTrue();
        assertThat(label("").differs(label("a"), task)).isTrue();
        assertThat(label("").differs(label(""), task)).isFalse();
        assertThat(label("a").isRight(new Answer.OneLabel("a"), task)).isTrue();
        assertThat(label("").isRight(new Answer.OneLabel("a"), task)).isFalse();
    }

    @Test
    void severalLabels_areTheSameInAnyOrder() {
        Task task = School.task(Kind.MULTILABEL, InputKind.TEXT);

        assertThat(labels("a", "b").differs(labels("b", "a"), task)).isFalse();
        assertThat(labels("a").differs(labels(), task)).isTrue();
        assertThat(labels("b", "a").isRight(new Answer.Labels(List.of("a", "b")), task))
                .isTrue();
    }

    @Test
    void scores_areTheSameWithinATenthOfTheRange() {
        Task task = School.task(Kind.REGRESSION, InputKind.TEXT);

        assertThat(score(2).differs(score(2.4), task)).isFalse();
        assertThat(score(2).differs(score(2.6), task)).isTrue();
        assertThat(score(2).isRight(new Answer.Score(1.6), task)).isTrue();
        assertThat(score(2).isRight(new Answer.Score(1.4), task)).isFalse();
    }
}
