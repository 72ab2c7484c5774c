// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.shadow.AnswerPairs.Pair;
import dev.perennial.task.Answer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class AnswerPairsTest {
    private static final Answer RIGHT = new Answer.OneLabel("red");
    private static final Pair PAIR = new Pair(said("red"), said("blue"));

    private final AnswerPairs pairs = new AnswerPairs();

    private static SaidAnswer said(String label) {
        return new SaidAnswer(Optional.of(label), List.of(), OptionalDouble.empty(), OptionalDouble.of(0.5));
    }

    @Test
    void feedback_judgesBothOnce() {
        pairs.expect("pr_1");
        assertThat(pairs.compared("pr_1", PAIR)).isEmpty();

        assertThat(pairs.judged("pr_1", RIGHT)).contains(PAIR);
        assertThat(pairs.judged("pr_1", RIGHT)).isEmpty();
        assertThat(pairs.judged("pr_2", RIGHT)).isEmpty();
    }

    @Test
    void feedbackBeforeTheComparison_countsAfterIt() {
        pairs.expect("pr_1");
        assertThat(pairs.judged("pr_1", RIGHT)).isEmpty();

        assertThat(pairs.compared("pr_1", PAIR)).contains(RIGHT);
        assertThat(pairs.judged("pr_1", RIGHT)).isEmpty();
    }

    @Test
    void theOldest_areForgotten() {
        for (int i = 0; i < 5000; i++) {
            pairs.expect("pr_" + i);
            pairs.compared("pr_" + i, PAIR);
        }

        assertThat(pairs.judged("pr_0", RIGHT)).isEmpty();
        assertThat(pairs.judged("pr_4999", RIGHT)).contains(PAIR);
    }
}
