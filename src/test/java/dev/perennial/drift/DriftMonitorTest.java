// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.ReadingObserver;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.PredictionObserver;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictor;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.learn.School;
import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DriftMonitorTest {
    private static final List<String> FRUIT = List.of("apple", "pear", "plum", "cherry", "juice", "tree");
    private static final List<String> WEATHER = List.of("cloud", "rain", "wind", "storm", "sunshine", "frost");

    /** The table is the first member, and is not asked in mode {@code full}. */
    private final School school = School.open(
            School.SMALL, List.of(new FakeEncoder(EncoderInfo.Reading.STATIC, "table"), new FakeEncoder("a")));

    private final Random random = new Random(4);
    private final DriftMonitor monitor = monitor(1000);
    private final Predictor predictor = predictor(monitor);

    private DriftMonitor monitor(int perSecond) {
        return new DriftMonitor(school.active(), school.encoders(), InstantSource.fixed(Instant.EPOCH), perSecond);
    }

    private Predictor predictor(DriftMonitor told) {
        return new Predictor(
                school.active(), school.encoders(), new LiveGraphs(), told, ReadingObserver.NONE, Optional.empty());
    }

    @AfterEach
    void close() {
        monitor.close();
        school.close();
    }

    private void define() {
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "fruit", "weather"));
        for (int i = 0; i < 12; i++) {
            teachOne();
        }
    }

    private void teachOne() {
        school.teach(School.teaching(text(FRUIT), "fruit"), School.teaching(text(WEATHER), "weather"));
    }

    private String text(List<String> words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            text.append(words.get(random.nextInt(words.size()))).append(' ');
        }
        return text.append(random.nextInt(1000)).toString();
    }

    private void ask(int count, double fruit, Mode mode) {
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            inputs.add(Input.of(new Text(text(random.nextDouble() < fruit ? FRUIT : WEATHER))));
        }
        predictor.predict(School.TASK, new PredictionRequest(inputs, 1, mode, false));
    }

    private DriftReport.Line line(Detector detector) {
        return monitor.report(school.ensemble().task()).lines().stream()
                .filter(line -> line.detector() == detector)
                .findFirst()
                .orElseThrow();
    }

    private void awaitObserved(Detector detector, long count) {
        await().untilAsserted(() -> assertThat(line(detector).observed()).isEqualTo(count));
    }

    @Test
    void whatIsAskedOtherwise_raisesAlarms() {
        define();
        ask(400, 0.5, Mode.FULL);
        awaitObserved(Detector.SCOPE, 400);
        assertThat(monitor.report(school.ensemble().task()).alarm()).isFalse();
        assertThat(line(Detector.LABELS).last().orElseThrow().byChance()).isBetween(0.001, 0.2);

        ask(200, 1, Mode.FULL);
        await().untilAsserted(() -> {
            assertThat(line(Detector.SCOPE).observed()).isEqualTo(600);
            assertThat(line(Detector.LABELS).alarmSince()).isPresent();
            assertThat(line(Detector.EMBEDDING).alarmSince()).isPresent();
        });
        assertThat(line(Detector.LABELS).last().orElseThrow().distance()).isGreaterThan(0.3);
    }

    @Test
    void embeddings_areOfTheFirstMember_whoeverAnswers() {
        define();
        ask(100, 0.5, Mode.FULL);
        ask(100, 0.5, Mode.FAST);
        awaitObserved(Detector.EMBEDDING, 200);

        assertThat(line(Detector.EMBEDDING).last().orElseThrow().pValue()).isGreaterThan(0.001);
    }

    @Test
    void aCorrection_changesNothing_andManyExamplesBeginAnewWhatAnswersSay() {
        define();
        ask(150, 0.5, Mode.FULL);
        awaitObserved(Detector.EMBEDDING, 150);

        teachOne();
        ask(1, 0.5, Mode.FULL);
        awaitObserved(Detector.EMBEDDING, 151);
        assertThat(line(Detector.LABELS).observed()).isEqualTo(151);

        teachOne();
        ask(1, 0.5, Mode.FULL);
        awaitObserved(Detector.EMBEDDING, 152);
        assertThat(line(Detector.LABELS).observed()).isEqualTo(1);
        assertThat(line(Detector.PROBABILITY).observed()).isEqualTo(1);
        assertThat(line(Detector.SCOPE).observed()).isEqualTo(1);
    }

    @Test
    void examplesThatAreReplaced_beginAnewWhatAnswersSay() {
        define();
        ask(150, 0.5, Mode.FULL);
        awaitObserved(Detector.EMBEDDING, 150);

        List<Example> examples = school.store().examples(School.TASK);
        for (int i = 0; i < 4; i++) {
            String label = ((Answer.OneLabel) examples.get(i).teaching().answer()).label();
            school.teacher().forget(School.TASK, examples.get(i).id());
            school.teach(School.teaching(text(FRUIT), label.equals("fruit") ? "weather" : "fruit"));
        }
        ask(1, 0.5, Mode.FULL);

        awaitObserved(Detector.EMBEDDING, 151);
        assertThat(line(Detector.LABELS).observed()).isEqualTo(1);
    }

    @Test
    void forgotten_beginsAnew() {
        define();
        ask(150, 0.5, Mode.FULL);
        awaitObserved(Detector.SCOPE, 150);

        monitor.forget(School.TASK);
        assertThat(line(Detector.SCOPE).observed()).isZero();
        ask(3, 0.5, Mode.FULL);
        awaitObserved(Detector.SCOPE, 3);
    }

    @Test
    void whatNobodyAsked_isNotObserved() {
        define();
        List<Input> inputs = List.of(Input.of(new Text(text(FRUIT))));
        predictor.predictUnasked(School.TASK, new PredictionRequest(inputs, 1, Mode.FULL, false));
        ask(2, 0.5, Mode.FULL);

        awaitObserved(Detector.SCOPE, 2);
    }

    @Test
    void ofTooMany_aRandomChoiceIsObserved() {
        define();
        try (DriftMonitor small = monitor(10)) {
            Predictor answers = predictor(small);
            List<Input> inputs = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                // The first half is of fruit.
                inputs.add(Input.of(new Text(text(i < 100 ? FRUIT : WEATHER))));
            }
            answers.predict(School.TASK, new PredictionRequest(inputs, 1, Mode.FULL, false));
            answers.predict(School.TASK, new PredictionRequest(inputs, 1, Mode.FULL, false));

            await().untilAsserted(
                            () -> assertThat(small.report(school.ensemble().task())
                                            .lines()
                                            .get(0)
                                            .observed())
                                    .isEqualTo(40));
        }
        Allowance allowance = new Allowance(10, InstantSource.fixed(Instant.EPOCH), 1);
        int[] chosen = allowance.take(200, 1000);
        assertThat(chosen).hasSize(40).isSorted().doesNotHaveDuplicates();
        assertThat(chosen[0]).isLessThan(30);
        assertThat(chosen[39]).isBetween(170, 199);
        assertThat(allowance.take(5, 1000)).isEmpty();
    }

    @Test
    void allowance_grows_withTime() {
        Instant[] now = {Instant.EPOCH};
        Allowance allowance = new Allowance(10, () -> now[0], 1);
        assertThat(allowance.take(100, 3)).hasSize(3);
        assertThat(allowance.take(100, 100)).hasSize(37);
        now[0] = now[0].plusMillis(500);
        assertThat(allowance.take(100, 100)).hasSize(5);
    }

    @Test
    void scores_areWatchedInPlaceOfLabels() {
        school.teacher().define(School.task(Kind.REGRESSION, InputKind.TEXT));
        for (int i = 0; i < 20; i++) {
            school.teach(
                    Teaching.of(Input.of(new Text(text(FRUIT))), new Answer.Score(1)),
                    Teaching.of(Input.of(new Text(text(WEATHER))), new Answer.Score(4)));
        }
        ask(300, 0.5, Mode.FULL);
        ask(150, 1, Mode.FULL);

        await().untilAsserted(() -> {
            assertThat(line(Detector.SCORE).observed()).isEqualTo(450);
            assertThat(line(Detector.SCORE).alarmSince()).isPresent();
        });
        assertThat(monitor.report(school.ensemble().task()).lines())
                .extracting(DriftReport.Line::detector)
                .containsExactly(Detector.SCORE, Detector.EMBEDDING, Detector.SCOPE);
    }

    /** What was answered before is observed later, and must not be taken for the answers of what came then. */
    @Test
    void lateAnswersOfATaskThatIsGone_areNotObserved() {
        define();
        Ensemble former = school.ensemble();
        ask(64, 0.5, Mode.FULL);
        awaitObserved(Detector.SCOPE, 64);
        RevisionId last = new RevisionId(school.store().latestRevision());
        Input question = Input.of(new Text(text(FRUIT)));
        PredictionRequest request = new PredictionRequest(List.of(question), 1, Mode.FULL, false);
        PredictionObserver.Given late = new PredictionObserver.Given(
                question,
                school.predictor().predict(former, request).predictions().get(0),
                new float[0]);
        monitor.observe(former, late, Instant.EPOCH);
        assertThat(line(Detector.SCOPE).observed()).isEqualTo(65);

        monitor.gone(School.TASK, last);
        monitor.observe(former, late, Instant.EPOCH);
        assertThat(line(Detector.SCOPE).observed()).isZero();

        teachOne();
        monitor.observe(school.ensemble(), late, Instant.EPOCH);
        assertThat(line(Detector.SCOPE).observed()).isEqualTo(1);
    }
}
