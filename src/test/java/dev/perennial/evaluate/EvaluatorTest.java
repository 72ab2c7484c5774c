// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static dev.perennial.learn.School.task;
import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.ensemble.LabelProbability;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Odds;
import dev.perennial.ensemble.Prediction;
import dev.perennial.evaluate.Evaluation.Slice;
import dev.perennial.learn.School;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class EvaluatorTest {
    private static final Evaluator.Options OPTIONS = new Evaluator.Options(false, 3, 1);

    /** Answers by a table, the same in every mode. */
    private record Table(Task task, List<String> labels, Map<String, Prediction> byText) implements Answering {
        @Override
        public List<Voice> voices() {
            return List.of();
        }

        @Override
        public List<Said> answers(List<Input> inputs) {
            return inputs.stream()
                    .map(input -> {
                        Prediction said = answer(input, Mode.FULL);
                        return new Said(Map.of(Mode.AUTO, said, Mode.FULL, said, Mode.FAST, said), List.of());
                    })
                    .toList();
        }

        @Override
        public Prediction answer(Input input, Mode mode) {
            return byText.get(input.text().value());
        }

        @Override
        public boolean remembers(Input input) {
            return false;
        }

        @Override
        public long bytes(Mode mode) {
            return 7;
        }
    }

    private static Prediction says(double a, double b, List<String> set, boolean abstained) {
        List<LabelProbability> ranked = a >= b
                ? List.of(new LabelProbability("a", a), new LabelProbability("b", b))
                : List.of(new LabelProbability("b", b), new LabelProbability("a", a));
        return new Prediction(
                abstained ? Optional.empty() : Optional.of(ranked.get(0).label()),
                OptionalDouble.of(ranked.get(0).probability()),
                ranked,
                set,
                abstained,
                OptionalDouble.empty(),
                "full",
                List.of(),
                false,
                Optional.empty(),
                Odds.NONE);
    }

    @Test
    void anAbstention_isJudgedByTheLabelThatItsProbabilityIsOf() {
        // The cheapest label is not the most probable one.
        Prediction abstained = new Prediction(
                Optional.empty(),
                OptionalDouble.of(0.3),
                List.of(new LabelProbability("a", 0.7), new LabelProbability("b", 0.3)),
                List.of(),
                true,
                OptionalDouble.empty(),
                "full",
                List.of(),
                false,
                Optional.empty(),
                Odds.NONE);
        Answering table = new Table(
                task(Kind.CLASSIFICATION, InputKind.TEXT, "a", "b"), List.of("a", "b"), Map.of("one", abstained));

        Figures figures = Evaluator.evaluate(table, List.of(teaching("one", "b")), OPTIONS, Evaluator.Watch.NONE)
                .figures();

        assertThat(figures.ece()).isCloseTo(0.7, within(1e-12));
        assertThat(figures.aurc()).isZero();
    }

    /** Four answers of which every figure can be worked out by hand. */
    @Test
    void figures_areThoseWorkedOutByHand() {
        Policy policy =
                new Policy(0.9, OptionalDouble.of(0.55), 0, OptionalDouble.of(0.25), Map.of("a", Map.of("b", 5.0)));
        Task task = task(Kind.CLASSIFICATION, InputKind.TEXT, "a", "b").withPolicy(policy);
        Answering table = new Table(
                task,
                List.of("a", "b"),
                Map.of(
                        "one", says(0.9, 0.1, List.of("a"), false),
                        "two", says(0.2, 0.8, List.of("b"), false),
                        "three", says(0.4, 0.6, List.of("b", "a"), false),
                        "four", says(0.5, 0.5, List.of(), true)));
        List<Teaching> rows =
                List.of(teaching("one", "a"), teaching("two", "a"), teaching("three", "b"), teaching("four", "b"));

        Evaluation evaluation = Evaluator.evaluate(table, rows, OPTIONS, Evaluator.Watch.NONE);

        Figures figures = evaluation.figures();
        assertThat(figures.accuracy()).isEqualTo(0.5);
        // a: P 1, R 1/2; b: P 1/2, R 1/2.
        assertThat(figures.macroF1()).isCloseTo((2.0 / 3 + 0.5) / 2, within(1e-12));
        assertThat(figures.nll())
                .isCloseTo(-(Math.log(0.9) + Math.log(0.2) + Math.log(0.6) + Math.log(0.5)) / 4, within(1e-12));
        assertThat(figures.brier()).isCloseTo(2 * (0.01 + 0.64 + 0.16 + 0.25) / 4, within(1e-12));
        assertThat(figures.coverage()).isEqualTo(0.5);
        assertThat(figures.worstCoverage()).isEqualTo(0.5);
        assertThat(figures.setSize()).isEqualTo(1);
        assertThat(figures.abstention()).isEqualTo(0.25);
        assertThat(figures.cost()).isCloseTo((0 + 5 + 0 + 0.25) / 4, within(1e-12));
        // Surest first: right, wrong, right, and the abstention would have said a.
        assertThat(figures.aurc()).isCloseTo((0 + 0.5 + 1.0 / 3 + 0.5) / 4, within(1e-12));
        assertThat(figures.interval().contains(0.5)).isTrue();
        assertThat(figures.spearman()).isNaN();
        assertThat(ConfusionCell.of(evaluation.outcomes()))
                .containsExactly(new ConfusionCell("a", "b", List.of(1)), new ConfusionCell("b", "", List.of(3)));
        assertThat(LabelFigures.of(evaluation.outcomes()))
                .containsExactly(new LabelFigures("a", 2, 1, 1), new LabelFigures("b", 2, 2, 1));
        assertThat(evaluation.modes()).extracting(Evaluation.ModeFigures::bytes).containsOnly(7L);
    }

    @Test
    void aLabelThatTheTaskDoesNotKnow_isNeverRight() {
        Answering table = new Table(
                task(Kind.CLASSIFICATION, InputKind.TEXT, "a", "b"),
                List.of("a", "b"),
                Map.of("one", says(0.9, 0.1, List.of("a"), false)));

        Figures figures = Evaluator.evaluate(table, List.of(teaching("one", "other")), OPTIONS, Evaluator.Watch.NONE)
                .figures();

        assertThat(figures.accuracy()).isZero();
        assertThat(figures.nll()).isFinite().isGreaterThan(100);
    }

    private static List<Teaching> weather() {
        return List.of(
                teaching("my card is lost", "card"),
                teaching("somebody stole the card", "card"),
                teaching("the card does not work", "card"),
                teaching("it is sunny today", "weather"),
                teaching("rain and wind all day", "weather"),
                teaching("will it snow tomorrow", "weather"));
    }

    @Test
    void anEnsemble_isMeasuredAsItAnswers() {
        try (School school = School.open(School.SMALL)) {
            school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
            school.teach(weather());
            List<Teaching> rows = List.of(
                    teaching("my card is lost", "card"),
                    teaching("where is the card", "card"),
                    teaching("is it sunny", "weather"),
                    teaching("rain again", "card"));
            AtomicLong read = new AtomicLong();

            Evaluation evaluation = Evaluator.evaluate(
                    new EnsembleAnswers(school.ensemble(), school.predictor()),
                    rows,
                    new Evaluator.Options(true, 2, 5),
                    (done, total) -> read.set(total - done));

            assertThat(read).hasValue(0);
            assertThat(evaluation.taught()).isEqualTo(1);
            assertThat(evaluation.outcomes())
                    .extracting(row -> row.prediction().label())
                    .containsExactlyElementsOf(
                            school.predict(rows.stream().map(Teaching::input).toList(), Mode.AUTO).stream()
                                    .map(Prediction::label)
                                    .toList());
            assertThat(evaluation.voices())
                    .extracting(figures -> figures.voice().name())
                    .contains("a", "b", "joint");
            assertThat(evaluation.slices())
                    .extracting(Slice::name)
                    .contains("taught", "not taught", "typos", "lower case", "upper case", "truncation");
            assertThat(evaluation.modes()).allSatisfy(mode -> {
                assertThat(mode.latency().rows()).isEqualTo(2);
                assertThat(mode.latency().p95())
                        .isGreaterThanOrEqualTo(mode.latency().p50());
            });
        }
    }

    @Test
    void scores_areMeasuredByRankAndDistance() {
        try (School school = School.open(School.SMALL)) {
            school.teacher().define(task(Kind.REGRESSION, InputKind.TEXT));
            List<Teaching> rows = List.of(scored("dreadful", 0), scored("fine", 3), scored("wonderful", 5));
            school.teach(rows);

            Evaluation evaluation = Evaluator.evaluate(
                    new EnsembleAnswers(school.ensemble(), school.predictor()), rows, OPTIONS, Evaluator.Watch.NONE);

            assertThat(evaluation.figures().spearman()).isCloseTo(1, within(1e-9));
            assertThat(evaluation.figures().accuracy())
                    .isCloseTo(1 - evaluation.figures().meanAbsoluteError() / 5, within(1e-9));
            assertThat(evaluation.figures().ece()).isNaN();
            assertThat(LabelFigures.of(evaluation.outcomes())).isEmpty();
        }
    }

    @Test
    void severalLabels_areRightByTheirShare() {
        try (School school = School.open(School.SMALL)) {
            school.teacher().define(task(Kind.MULTILABEL, InputKind.TEXT));
            List<Teaching> rows = List.of(
                    labelled("cat and dog", "cat", "dog"),
                    labelled("a cat", "cat"),
                    labelled("the dog barks", "dog"),
                    labelled("nothing here"));
            school.teach(rows);

            Evaluation evaluation = Evaluator.evaluate(
                    new EnsembleAnswers(school.ensemble(), school.predictor()), rows, OPTIONS, Evaluator.Watch.NONE);

            double plain = 0;
            for (RowOutcome row : evaluation.outcomes()) {
                List<String> truth = ((Answer.Labels) row.truth()).labels();
                for (String label : List.of("cat", "dog")) {
                    plain +=
                            truth.contains(label) == row.prediction().labelSet().contains(label) ? 1.0 / 8 : 0;
                }
            }
            assertThat(evaluation.figures().accuracy()).isCloseTo(plain, within(1e-12));
            assertThat(evaluation.figures().brier()).isBetween(0.0, 2.0);
            assertThat(evaluation.figures().coverage()).isNaN();
        }
    }

    @Test
    void pairedDifference_countsWhoIsBetter() {
        Task task = task(Kind.CLASSIFICATION, InputKind.TEXT, "a", "b");
        Prediction a = says(0.9, 0.1, List.of("a"), false);
        Prediction b = says(0.1, 0.9, List.of("b"), false);
        List<Teaching> rows = List.of(teaching("one", "a"), teaching("two", "a"), teaching("three", "b"));
        List<RowOutcome> first = Evaluator.outcomes(
                new Table(task, List.of("a", "b"), Map.of("one", a, "two", b, "three", a)), rows, Mode.AUTO);
        List<RowOutcome> second = Evaluator.outcomes(
                new Table(task, List.of("a", "b"), Map.of("one", b, "two", a, "three", b)), rows, Mode.AUTO);

        PairedDifference difference = PairedDifference.of(first, second, 1);

        assertThat(difference.difference()).isCloseTo(1.0 / 3, within(1e-12));
        assertThat(difference.onlyFirst()).isEqualTo(1);
        assertThat(difference.onlySecond()).isEqualTo(2);
        assertThat(difference.p()).isEqualTo(Significance.mcNemar(1, 2));
    }

    @Test
    void percentile_isTheLeastThatTheShareDoesNotExceed() {
        double[] sorted = {1, 2, 3, 4};
        assertThat(Evaluator.percentile(sorted, 0.5)).isEqualTo(2);
        assertThat(Evaluator.percentile(sorted, 0.95)).isEqualTo(4);
        assertThat(Evaluator.percentile(new double[0], 0.5)).isNaN();
    }

    private static Teaching scored(String text, double score) {
        return Teaching.of(Input.of(new Text(text)), new Answer.Score(score));
    }

    private static Teaching labelled(String text, String... labels) {
        return Teaching.of(Input.of(new Text(text)), new Answer.Labels(List.of(labels)));
    }
}
