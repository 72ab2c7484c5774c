// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.ensemble.LabelProbability;
import dev.perennial.ensemble.Odds;
import dev.perennial.ensemble.Prediction;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class GateTest {
    private static final Gate GATE = new Gate(GateBounds.DEFAULT);
    private static final Task TASK = task(Policy.DEFAULT);
    private static final Task SCORES = new Task(
            new TaskId("t"),
            Kind.REGRESSION,
            InputKind.TEXT,
            "",
            List.of(),
            Optional.of(new ScoreRange(0, 5)),
            Policy.DEFAULT);
    private static final Task SEVERAL = new Task(
            new TaskId("t"),
            Kind.MULTILABEL,
            InputKind.TEXT,
            "",
            List.of(new Label("a", ""), new Label("b", "")),
            Optional.empty(),
            Policy.DEFAULT);

    @Test
    void whatAnswersTheSame_passes() {
        Gate.Verdict verdict = judge(TASK, rows(TASK, "aaaaabbbbb", 0.9), rows(TASK, "aaaaabbbbb", 0.9));

        assertThat(verdict.passed()).isTrue();
        assertThat(verdict.objections()).isEmpty();
        assertThat(verdict.rows()).isEqualTo(10);
    }

    @Test
    void whatAnswersOneRowOfTenWorse_doesNot() {
        Gate.Verdict verdict = judge(TASK, rows(TASK, "aaaaabbbbb", 0.9), rows(TASK, "baaaabbbbb", 0.9));

        assertThat(verdict.passed()).isFalse();
        assertThat(failed(verdict)).contains("accuracy");
        assertThat(verdict.paired().onlyFirst()).isEqualTo(1);
    }

    @Test
    void whatIsBetter_passes() {
        assertThat(judge(TASK, rows(TASK, "bbaaabbbbb", 0.9), rows(TASK, "aaaaabbbbb", 0.9))
                        .passed())
                .isTrue();
    }

    @Test
    void recallOfALabel_isAskedWhereItHasThirtyRows() {
        String truth = "a".repeat(30) + "b".repeat(30);
        String before = "a".repeat(30) + "a".repeat(6) + "b".repeat(24);
        String after = "b".repeat(6) + "a".repeat(24) + "b".repeat(30);

        Gate.Verdict verdict = judge(TASK, rows(TASK, truth, before, 0.9), rows(TASK, truth, after, 0.9));

        assertThat(failed(verdict)).containsExactly("recall of a");
        String small = truth.substring(1);
        assertThat(failed(judge(
                        TASK, rows(TASK, small, before.substring(1), 0.9), rows(TASK, small, after.substring(1), 0.9))))
                .isEmpty();
    }

    /**
     * Six rows of thirty that only what serves has right are chance in 3 of 100 labels, and one of them is looked for.
     */
    @Test
    void labelThatLosesAmongMany_mayBeChance() {
        String truth = "a".repeat(30) + "b".repeat(30);
        String before = "a".repeat(30) + "a".repeat(6) + "b".repeat(24);
        String after = "b".repeat(6) + "a".repeat(24) + "b".repeat(30);
        String others = "c".repeat(30) + "d".repeat(30);

        assertThat(failed(judge(TASK, rows(TASK, truth, before, 0.9), rows(TASK, truth, after, 0.9))))
                .containsExactly("recall of a");
        assertThat(failed(judge(
                        TASK,
                        rows(TASK, truth + others, before + others, 0.9),
                        rows(TASK, truth + others, after + others, 0.9))))
                .isEmpty();
    }

    @Test
    void oneRowOfALabelMore_isNoWorseRecall() {
        String truth = "a".repeat(30) + "b".repeat(30);
        String before = "a".repeat(31) + "b".repeat(29);
        String after = "b" + "a".repeat(29) + "b".repeat(30);

        assertThat(failed(judge(TASK, rows(TASK, truth, before, 0.9), rows(TASK, truth, after, 0.9))))
                .isEmpty();
    }

    @Test
    void worseCalibration_isRefused() {
        Gate.Verdict verdict = judge(TASK, rows(TASK, "aaaaabbbbb", 0.99), rows(TASK, "aaaaabbbbb", 0.6));

        assertThat(failed(verdict)).containsExactly("calibration error");
    }

    @Test
    void costlierErrors_areRefusedThoughTheyAreNotMore() {
        Task costly = task(
                new Policy(0.9, OptionalDouble.empty(), 0.01, OptionalDouble.empty(), Map.of("a", Map.of("b", 50.0))));
        String truth = "a".repeat(20) + "b".repeat(20);
        String cheap = "a".repeat(20) + "a".repeat(10) + "b".repeat(10);
        String dear = "b".repeat(10) + "a".repeat(10) + "b".repeat(20);

        Gate.Verdict verdict = judge(costly, rows(costly, truth, cheap, 0.9), rows(costly, truth, dear, 0.9));

        assertThat(failed(verdict)).containsExactly("mean cost");
    }

    @Test
    void sliceThatLoses_isRefusedThoughTheWholeDoesNot() {
        String truth = "a".repeat(120);
        StringBuilder before = new StringBuilder();
        StringBuilder after = new StringBuilder();
        for (int i = 0; i < truth.length(); i++) {
            boolean isLong = i % 60 > 40;
            boolean isShort = i % 60 < 18;
            before.append(isShort && i % 2 == 0 ? 'b' : 'a');
            after.append(isLong && i % 2 == 0 ? 'b' : 'a');
        }

        Gate.Verdict verdict =
                judge(TASK, rows(TASK, truth, before.toString(), 0.9), rows(TASK, truth, after.toString(), 0.9));

        assertThat(verdict.checks().stream().filter(check -> !check.passed()).map(Gate.Check::about))
                .containsExactly(Gate.About.SLICE);
    }

    /** The same by slices, of which there are three. */
    @Test
    void sliceThatLosesAFewRows_mayBeChance() {
        assertThat(failedSlices(6)).isEmpty();
        assertThat(failedSlices(8)).hasSize(1);
    }

    /** @param moved how many rows are lost in one slice and won in another */
    private static List<String> failedSlices(int moved) {
        String truth = "a".repeat(120);
        StringBuilder before = new StringBuilder();
        StringBuilder after = new StringBuilder();
        int lost = 0;
        int won = 0;
        for (int i = 0; i < truth.length(); i++) {
            boolean loses = i % 60 > 40 && lost < moved;
            boolean wins = i % 60 < 18 && won < moved;
            lost += loses ? 1 : 0;
            won += wins ? 1 : 0;
            before.append(wins ? 'b' : 'a');
            after.append(loses ? 'b' : 'a');
        }
        Gate.Verdict verdict =
                judge(TASK, rows(TASK, truth, before.toString(), 0.9), rows(TASK, truth, after.toString(), 0.9));
        return failed(verdict);
    }

    @Test
    void scripts_areSlicesWhereThereAreSeveral() {
        List<Teaching> mixed = List.of(
                Teaching.of(Input.of(new Text("guten Tag")), new Answer.OneLabel("a")),
                Teaching.of(Input.of(new Text("привет 12")), new Answer.OneLabel("a")),
                Teaching.of(Input.of(new Text("12 !")), new Answer.OneLabel("b")));

        assertThat(RowGroup.byScript(mixed))
                .containsExactly(
                        new RowGroup("cyrillic script", List.of(1)),
                        new RowGroup("latin script", List.of(0)),
                        new RowGroup("no script", List.of(2)));
        assertThat(RowGroup.byScript(mixed.subList(0, 1))).isEmpty();
    }

    @Test
    void slowerAnswers_areRefused_wherebyMillisecondsAreForgiven() {
        double[] serving = {0.020, 0.021, 0.019, 0.020};
        double[] twice = {0.040, 0.041, 0.039, 0.700};
        double[] one = {0.040, 0.020, 0.020, 0.020};
        double[] fast = {0.001, 0.001, 0.001, 0.001};
        double[] slack = {0.004, 0.004, 0.004, 0.004};

        assertThat(failed(timed(serving, twice))).containsExactly("median milliseconds of an answer");
        assertThat(failed(timed(serving, one))).isEmpty();
        assertThat(failed(timed(fast, slack))).isEmpty();
    }

    private static Gate.Verdict timed(double[] serving, double[] candidate) {
        GateEvidence plain = plain();
        return GATE.judge(
                new GateEvidence(
                        plain.task(),
                        plain.rows(),
                        plain.outcomes(),
                        Optional.empty(),
                        Optional.of(new Paired<>(serving, candidate)),
                        Optional.empty()),
                1);
    }

    private static GateEvidence plain() {
        List<RowOutcome> rows = rows(TASK, "aaaaabbbbb", 0.9);
        return evidence(TASK, rows, rows);
    }

    @Test
    void moreMemory_isRefusedBeyondRatioAndSlack() {
        long mib = 1 << 20;

        assertThat(failed(held(100 * mib, 201 * mib))).containsExactly("mebibytes of heads and examples");
        assertThat(failed(held(100 * mib, 199 * mib))).isEmpty();
        assertThat(failed(held(mib, 60 * mib))).isEmpty();
    }

    private static Gate.Verdict held(long serving, long candidate) {
        GateEvidence plain = plain();
        return GATE.judge(
                new GateEvidence(
                        plain.task(),
                        plain.rows(),
                        plain.outcomes(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Paired<>(serving, candidate))),
                1);
    }

    @Test
    void whatWasTaughtLast_mayNotBeAnsweredWorse() {
        double[] right = new double[40];
        double[] worse = new double[40];
        double[] little = new double[40];
        for (int i = 0; i < right.length; i++) {
            right[i] = 1;
            worse[i] = i < 8 ? 0 : 1;
            little[i] = i < 2 ? 0 : 1;
        }

        assertThat(failed(recent(right, worse))).containsExactly("held-out accuracy on the last 40 examples");
        assertThat(failed(recent(right, little))).isEmpty();
    }

    private static Gate.Verdict recent(double[] serving, double[] candidate) {
        GateEvidence plain = plain();
        return GATE.judge(
                new GateEvidence(
                        plain.task(),
                        plain.rows(),
                        plain.outcomes(),
                        Optional.of(new Paired<>(serving, candidate)),
                        Optional.empty(),
                        Optional.empty()),
                1);
    }

    @Test
    void bounds_areTheTasksOwn() {
        GateEvidence worse = evidence(TASK, rows(TASK, "aaaaabbbbb", 0.9), rows(TASK, "baaaabbbbb", 0.9));

        assertThat(GATE.judge(worse, 1).passed()).isFalse();
        assertThat(new Gate(new GateBounds(Map.of(GateBound.ACCURACY, 0.2)))
                        .judge(worse, 1)
                        .passed())
                .isTrue();
    }

    @Test
    void scores_areJudgedByErrorAndRankCorrelation() {
        SplittableRandom random = new SplittableRandom(5);
        List<Double> truth = new ArrayList<>();
        List<Double> near = new ArrayList<>();
        List<Double> far = new ArrayList<>();
        List<Double> nearToo = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            double score = 5 * random.nextDouble();
            truth.add(score);
            near.add(score + 0.4 * random.nextDouble() - 0.2);
            nearToo.add(score + 0.4 * random.nextDouble() - 0.2);
            far.add(score + 4 * random.nextDouble() - 2);
        }

        assertThat(judge(SCORES, scores(truth, near), scores(truth, nearToo)).passed())
                .isTrue();
        assertThat(failed(judge(SCORES, scores(truth, near), scores(truth, far))))
                .contains("root mean squared error", "rank correlation");
        assertThat(failed(judge(
                        SCORES,
                        scores(truth, near),
                        scores(truth, truth.stream().map(any -> 2.5).toList()))))
                .contains("root mean squared error", "rank correlation");
    }

    @Test
    void severalLabels_areJudgedByMicroF1AndByLabel() {
        List<String> truth = new ArrayList<>();
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            truth.add(i % 2 == 0 ? "ab" : "a");
            before.add(i % 2 == 0 ? "ab" : "a");
            after.add("a");
        }

        assertThat(judge(SEVERAL, several(truth, before), several(truth, before))
                        .passed())
                .isTrue();
        assertThat(failed(judge(SEVERAL, several(truth, before), several(truth, after))))
                .contains("accuracy", "micro F1", "recall of b")
                .doesNotContain("recall of a");
    }

    private static List<RowOutcome> scores(List<Double> truth, List<Double> answers) {
        return IntStream.range(0, truth.size())
                .mapToObj(i -> RowOutcome.of(
                        SCORES,
                        i,
                        new Answer.Score(truth.get(i)),
                        prediction(
                                List.of(),
                                List.of(),
                                OptionalDouble.of(
                                        SCORES.scoreRange().orElseThrow().clamp(answers.get(i))))))
                .toList();
    }

    private static List<RowOutcome> several(List<String> truth, List<String> answers) {
        return IntStream.range(0, truth.size())
                .mapToObj(i -> {
                    List<String> set = List.of(answers.get(i).split(""));
                    return RowOutcome.of(
                            SEVERAL,
                            i,
                            new Answer.Labels(List.of(truth.get(i).split(""))),
                            prediction(
                                    Stream.of("a", "b")
                                            .map(label -> new LabelProbability(label, set.contains(label) ? 0.9 : 0.1))
                                            .toList(),
                                    set,
                                    OptionalDouble.empty()));
                })
                .toList();
    }

    private static Prediction prediction(List<LabelProbability> labels, List<String> set, OptionalDouble score) {
        return new Prediction(
                Optional.empty(),
                OptionalDouble.empty(),
                labels,
                set,
                false,
                score,
                "full",
                List.of("m"),
                false,
                Optional.empty(),
                Odds.NONE);
    }

    private static Gate.Verdict judge(Task task, List<RowOutcome> serving, List<RowOutcome> candidate) {
        return GATE.judge(evidence(task, serving, candidate), 1);
    }

    private static GateEvidence evidence(Task task, List<RowOutcome> serving, List<RowOutcome> candidate) {
        List<Teaching> rows = IntStream.range(0, serving.size())
                .mapToObj(i -> Teaching.of(
                        Input.of(new Text("text " + "x".repeat(i % 60))),
                        serving.get(i).truth()))
                .toList();
        return new GateEvidence(
                task, rows, new Paired<>(serving, candidate), Optional.empty(), Optional.empty(), Optional.empty());
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
                    Optional.empty(),
                    Odds.NONE);
            rows.add(RowOutcome.of(task, i, new Answer.OneLabel(String.valueOf(truth.charAt(i))), prediction));
        }
        return rows;
    }
}
