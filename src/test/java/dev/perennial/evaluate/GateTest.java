// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.ensemble.LabelProbability;
import dev.perennial.ensemble.Prediction;
import dev.perennial.task.Answer;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class GateTest {
    private static final Gate GATE = new Gate(Gate.Bounds.DEFAULT);
    private static final Task TASK = task(Policy.DEFAULT);

    @Test
    void whatAnswersTheSame_passes() {
        Gate.Verdict verdict = GATE.judge(TASK, rows(TASK, "aaaaabbbbb", 0.9), rows(TASK, "aaaaabbbbb", 0.9), 1);

        assertThat(verdict.passed()).isTrue();
        assertThat(verdict.objections()).isEmpty();
        assertThat(verdict.rows()).isEqualTo(10);
    }

    @Test
    void whatAnswersOneRowOfTenWorse_doesNot() {
        Gate.Verdict verdict = GATE.judge(TASK, rows(TASK, "aaaaabbbbb", 0.9), rows(TASK, "baaaabbbbb", 0.9), 1);

        assertThat(verdict.passed()).isFalse();
        assertThat(failed(verdict)).contains("accuracy");
        assertThat(verdict.paired().onlyFirst()).isEqualTo(1);
    }

    @Test
    void whatIsBetter_passes() {
        assertThat(GATE.judge(TASK, rows(TASK, "bbaaabbbbb", 0.9), rows(TASK, "aaaaabbbbb", 0.9), 1)
                        .passed())
                .isTrue();
    }

    @Test
    void recallOfALabel_isAskedWhereItHasThirtyRows() {
        String truth = "a".repeat(30) + "b".repeat(30);
        String before = "a".repeat(30) + "a".repeat(6) + "b".repeat(24);
        String after = "b".repeat(6) + "a".repeat(24) + "b".repeat(30);

        Gate.Verdict verdict = GATE.judge(TASK, rows(TASK, truth, before, 0.9), rows(TASK, truth, after, 0.9), 1);

        assertThat(failed(verdict)).containsExactly("recall of a");
        String small = truth.substring(1);
        assertThat(failed(GATE.judge(
                        TASK,
                        rows(TASK, small, before.substring(1), 0.9),
                        rows(TASK, small, after.substring(1), 0.9),
                        1)))
                .isEmpty();
    }

    @Test
    void oneRowOfALabelMore_isNoWorseRecall() {
        String truth = "a".repeat(30) + "b".repeat(30);
        String before = "a".repeat(31) + "b".repeat(29);
        String after = "b" + "a".repeat(29) + "b".repeat(30);

        assertThat(failed(GATE.judge(TASK, rows(TASK, truth, before, 0.9), rows(TASK, truth, after, 0.9), 1)))
                .isEmpty();
    }

    @Test
    void worseCalibration_isRefused() {
        Gate.Verdict verdict = GATE.judge(TASK, rows(TASK, "aaaaabbbbb", 0.99), rows(TASK, "aaaaabbbbb", 0.6), 1);

        assertThat(failed(verdict)).containsExactly("calibration error");
    }

    @Test
    void costlierErrors_areRefusedThoughTheyAreNotMore() {
        Task costly = task(
                new Policy(0.9, OptionalDouble.empty(), 0.01, OptionalDouble.empty(), Map.of("a", Map.of("b", 50.0))));
        String truth = "a".repeat(20) + "b".repeat(20);
        String cheap = "a".repeat(20) + "a".repeat(10) + "b".repeat(10);
        String dear = "b".repeat(10) + "a".repeat(10) + "b".repeat(20);

        Gate.Verdict verdict = GATE.judge(costly, rows(costly, truth, cheap, 0.9), rows(costly, truth, dear, 0.9), 1);

        assertThat(failed(verdict)).containsExactly("mean cost");
    }

    private static List<String> failed(Gate.Verdict verdict) {
        return verdict.checks().stream()
                .filter(check -> !check.passed())
                .map(Gate.Check::name)
                .toList();
    }

    private static Task task(Policy policy) {
        return new Task(
                new TaskId("t"),
                Kind.CLASSIFICATION,
                InputKind.TEXT,
                "",
                List.of(new Label("a", ""), new Label("b", "")),
                Optional.empty(),
                policy);
    }

    private static List<RowOutcome> rows(Task task, String answers, double probability) {
        return rows(task, "aaaaabbbbb", answers, probability);
    }

    private static List<RowOutcome> rows(Task task, String truth, String answers, double probability) {
        List<RowOutcome> rows = new ArrayList<>();
        for (int i = 0; i < truth.length(); i++) {
            String label = String.valueOf(answers.charAt(i));
            String other = label.equals("a") ? "b" : "a";
            Prediction prediction = new Prediction(
                    Optional.of(label),
                    OptionalDouble.of(probability),
                    List.of(new LabelProbability(label, probability), new LabelProbability(other, 1 - probability)),
                    List.of("a", "b"),
                    false,
                    OptionalDouble.empty(),
                    "full",
                    List.of("m"),
                    false,
                    Optional.empty());
            rows.add(RowOutcome.of(task, i, new Answer.OneLabel(String.valueOf(truth.charAt(i))), prediction));
        }
        return rows;
    }
}
