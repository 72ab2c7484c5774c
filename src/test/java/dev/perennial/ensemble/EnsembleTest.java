// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import static dev.perennial.learn.School.task;
import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.learn.FitSettings;
import dev.perennial.learn.School;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a user sees of the ensemble: answers before, while and after it is taught. */
final class EnsembleTest {
    private static final List<Teaching> CARDS_AND_WEATHER = List.of(
            teaching("my card is lost", "card"),
            teaching("someone stole my card", "card"),
            teaching("block my card please", "card"),
            teaching("i cannot find the card", "card"),
            teaching("it is sunny today", "weather"),
            teaching("will it rain today", "weather"),
            teaching("snow and wind tomorrow", "weather"),
            teaching("is it sunny or rainy tomorrow", "weather"));

    private final School school = School.open(FitSettings.DEFAULT);

    @AfterEach
    void close() {
        school.close();
    }

    @Test
    void similarTexts_areAnsweredAlike() {
        define(Kind.CLASSIFICATION);
        school.teach(CARDS_AND_WEATHER);
        assertThat(school.predict("the card was stolen").label()).contains("card");
        assertThat(school.predict("rain tomorrow").label()).contains("weather");
    }

    @Test
    void aCorrection_isFollowedAtOnce_evenAgainstAllOthers() {
        define(Kind.CLASSIFICATION);
        school.teach(CARDS_AND_WEATHER);
        String text = "my card is lost in the rain";
        String before = school.predict(text).label().orElseThrow();
        String corrected = before.equals("card") ? "weather" : "card";
        school.teach(teaching(text, corrected));
        assertThat(school.predict(text).label()).contains(corrected);
    }

    @Test
    void aTextTaughtBothWays_isAnsweredByTheHeavier() {
        define(Kind.CLASSIFICATION);
        school.teach(CARDS_AND_WEATHER);
        Input input = Input.of(new Text("what about it"));
        school.teach(
                new Teaching(input, new Answer.OneLabel("card"), Optional.empty(), 1),
                new Teaching(input, new Answer.OneLabel("weather"), Optional.empty(), 5));
        assertThat(school.predict("what about it").label()).contains("weather");
    }

    @Test
    void aNewLabel_isJustAnExampleThatCarriesIt() {
        define(Kind.CLASSIFICATION);
        school.teach(CARDS_AND_WEATHER);
        assertThat(school.ensemble().labels()).containsExactly("card", "weather");
        school.teach(teaching("hello good morning", "greeting"), teaching("good evening hello", "greeting"));
        assertThat(school.ensemble().labels()).containsExactly("card", "greeting", "weather");
        assertThat(school.predict("hello there good day").label()).contains("greeting");
        assertThat(school.predict("my card is lost").label()).contains("card");
    }

    /** Strings that are the same were not computed twice. */
    @Test
    void digests_areComputedOnceForAllThatShareHeadsAndExamples() {
        define(Kind.CLASSIFICATION);
        school.teach(CARDS_AND_WEATHER);
        Ensemble ensemble = school.ensemble();
        String digest = ensemble.digest();
        RevisionId other = new RevisionId(1_000);

        assertThat(ensemble.answering(other).digest()).isSameAs(digest);
        assertThat(ensemble.moved(other).digest()).isSameAs(digest);
        assertThat(ensemble.by(member -> member).digest()).isSameAs(digest);
        assertThat(ensemble.with(ensemble.task(), other).digest()).isSameAs(digest);

        Task stricter = ensemble.task()
                .withPolicy(new Policy(0.5, OptionalDouble.empty(), 0.01, OptionalDouble.empty(), Map.of()));
        Ensemble changed = ensemble.with(stricter, other);
        assertThat(changed.digest()).isNotEqualTo(digest);
        assertThat(changed.headDigest()).isSameAs(ensemble.headDigest());
        Ensemble read =
                ensemble.by(member -> new FakeEncoder("other " + member.info().id()));
        assertThat(read.headDigest()).isNotEqualTo(changed.headDigest());
        assertThat(ensemble.digest()).isEqualTo(digest);
    }

    @Test
    void beforeTheFirstExample_labelsAreAnsweredByTheirWords() {
        Task bare = task(Kind.CLASSIFICATION, InputKind.TEXT);
        school.teacher()
                .define(withLabels(
                        bare,
                        new Label("lost_card", "a card is lost or stolen"),
                        new Label("weather", "rain or sun today")));
        assertThat(school.predict("stolen card").label()).contains("lost_card");
        assertThat(school.predict("sun and rain").label()).contains("weather");
        assertThat(school.ensemble().examples()).isZero();
    }

    @Test
    void withoutLabelsAndExamples_nothingIsAnswered() {
        define(Kind.CLASSIFICATION);
        Prediction prediction = school.predict("my card is lost");
        assertThat(prediction.label()).isEmpty();
        assertThat(prediction.labelSet()).isEmpty();
        assertThat(prediction.abstained()).isTrue();
    }

    @Test
    void labelSets_withFewExamples_holdEveryLabel() {
        define(Kind.CLASSIFICATION);
        school.teach(CARDS_AND_WEATHER.subList(2, 6));
        assertThat(school.predict("anything").labelSet()).containsExactlyInAnyOrder("card", "weather");
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void labelSets_growWithTheCoverageThatIsAskedFor(Mode mode) {
        define(Kind.CLASSIFICATION);
        List<Teaching> many = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            many.add(teaching("word" + i % 7 + " other" + i % 5 + " thing" + i, "label" + i % 4));
        }
        school.teach(many);
        List<Input> inputs = IntStream.range(0, 20)
                .mapToObj(i -> Input.of(new Text("word" + i % 3 + " other" + i + " new")))
                .toList();
        setPolicy(coverage(0.01));
        assertThat(sizes(inputs, mode)).isLessThan(40);
        int narrow = sizes(inputs, mode);
        setPolicy(coverage(0.9));
        int wide = sizes(inputs, mode);
        setPolicy(coverage(0.999));
        assertThat(narrow).isLessThan(wide);
        assertThat(wide).isLessThanOrEqualTo(sizes(inputs, mode));
        assertThat(sizes(inputs, mode)).isEqualTo(20 * 4);
    }

    @Test
    void multilabel_answersAnySubset() {
        define(Kind.MULTILABEL);
        for (Teaching teaching : CARDS_AND_WEATHER) {
            String label = ((Answer.OneLabel) teaching.answer()).label();
            school.teach(Teaching.of(teaching.input(), new Answer.Labels(List.of(label))));
        }
        school.teach(
                multi("my card is lost in the rain", "card", "weather"), multi("hello"), multi("good evening to you"));
        assertThat(school.predict("my card is lost in the rain").labelSet())
                .containsExactlyInAnyOrder("card", "weather");
        assertThat(school.predict("my card is lost").labelSet()).containsExactly("card");
        assertThat(school.predict("hello").labelSet()).isEmpty();
        assertThat(school.predict("hello").abstained()).isFalse();
    }

    @Test
    void multilabel_withoutAnyLabel_answersTheEmptySet() {
        define(Kind.MULTILABEL);
        school.teach(multi("hello"), multi("good evening to you"));
        assertThat(school.predict("hello").labelSet()).isEmpty();
    }

    @Test
    void regression_staysInsideItsRange_andLearns() {
        define(Kind.REGRESSION);
        assertThat(school.predict("anything").score()).hasValue(2.5);
        school.teach(
                score("very good film", 5),
                score("good film indeed", 4.5),
                score("very bad film", 0),
                score("bad film", 0.5));
        assertThat(school.predict("a good film").score().orElseThrow())
                .isBetween(school.predict("a bad film").score().orElseThrow() + 1, 5.0);
        assertThat(school.predict("very bad film").score().orElseThrow()).isBetween(0.0, 0.6);
    }

    @Test
    void pairs_areAnsweredByHowTheirTextsRelate_beforeTheFirstExample() {
        school.teacher().define(task(Kind.REGRESSION, InputKind.PAIR));
        double equal = pairScore("the card is lost", "the card is lost");
        double near = pairScore("the card is lost", "the card is gone");
        double far = pairScore("the card is lost", "sunny weather today");
        assertThat(equal).isCloseTo(5, within(1e-9));
        assertThat(near).isBetween(far, equal);
    }

    @Test
    void improbableAnswers_areAbstainedFrom() {
        define(Kind.CLASSIFICATION);
        school.teach(CARDS_AND_WEATHER);
        double p = school.predict("the card was stolen").probability().orElseThrow();
        setPolicy(minProbability(p + 1e-6));
        assertThat(school.predict("the card was stolen").abstained()).isTrue();
        assertThat(school.predict("the card was stolen").label()).isEmpty();
        setPolicy(minProbability(p - 1e-6));
        assertThat(school.predict("the card was stolen").abstained()).isFalse();
    }

    @Test
    void answersThatCostMoreThanNone_areAbstainedFrom() {
        define(Kind.CLASSIFICATION);
        school.teach(CARDS_AND_WEATHER);
        double wrong = 1 - school.predict("the card was stolen").probability().orElseThrow();
        setPolicy(costs(OptionalDouble.of(wrong - 1e-6), Map.of()));
        assertThat(school.predict("the card was stolen").abstained()).isTrue();
        setPolicy(costs(OptionalDouble.of(wrong + 1e-6), Map.of()));
        assertThat(school.predict("the card was stolen").abstained()).isFalse();
    }

    @Test
    void errorCosts_changeTheAnswer_butNotTheProbabilities() {
        define(Kind.CLASSIFICATION);
        school.teach(CARDS_AND_WEATHER);
        Prediction before = school.predict("the card was stolen");
        setPolicy(costs(OptionalDouble.empty(), Map.of("weather", Map.of("card", 1e6))));
        Prediction after = school.predict("the card was stolen");
        assertThat(after.label()).contains("weather");
        assertThat(after.labels()).isEqualTo(before.labels());
    }

    @Test
    void topLabels_areTheMostProbable_andAllOfThemAddUpToOne() {
        define(Kind.CLASSIFICATION);
        school.teach(CARDS_AND_WEATHER);
        school.teach(teaching("hello", "greeting"));
        Prediction prediction = school.predict("the card was stolen");
        assertThat(prediction.labels())
                .extracting(LabelProbability::probability)
                .isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(prediction.labels().stream()
                        .mapToDouble(LabelProbability::probability)
                        .sum())
                .isCloseTo(1, within(1e-12));
        PredictionRequest two = new PredictionRequest(List.of(Input.of(new Text("hello"))), 2, Mode.FULL, false);
        assertThat(school.predictor()
                        .predict(School.TASK, two)
                        .predictions()
                        .get(0)
                        .labels())
                .hasSize(2);
    }

    @Test
    void fastMode_asksTheFirstMemberAlone() {
        FakeEncoder first = new FakeEncoder("a");
        FakeEncoder second = new FakeEncoder("b");
        try (School two = School.open(FitSettings.DEFAULT, List.of(first, second))) {
            two.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
            two.teach(CARDS_AND_WEATHER);
            long before = second.encoded();
            Prediction fast = two.predict(List.of(Input.of(new Text("the card was stolen"))), Mode.FAST)
                    .get(0);
            assertThat(second.encoded()).isEqualTo(before);
            assertThat(fast.stage()).isEqualTo("fast");
            assertThat(fast.membersUsed()).containsExactly("a");
            assertThat(fast.label()).contains("card");
            assertThat(two.predict("the card was stolen").membersUsed()).containsExactly("a", "b");
        }
    }

    @Test
    void otherInputs_areRefused() {
        define(Kind.CLASSIFICATION);
        Input pair = Input.of(new Text("a"), new Text("b"));
        assertThatThrownBy(() -> school.predict(List.of(pair), Mode.FULL)).isInstanceOf(Refusal.Invalid.class);
        assertThatThrownBy(() -> school.teach(Teaching.of(pair, new Answer.OneLabel("x"))))
                .isInstanceOf(Refusal.Invalid.class);
        assertThatThrownBy(() -> school.teach(score("a", 1))).isInstanceOf(Refusal.Invalid.class);
        assertThat(school.ensemble().examples()).isZero();
    }

    private void define(Kind kind) {
        school.teacher().define(task(kind, InputKind.TEXT));
    }

    private void setPolicy(Policy policy) {
        school.teacher().setPolicy(School.TASK, policy);
    }

    private int sizes(List<Input> inputs, Mode mode) {
        return school.predict(inputs, mode).stream()
                .mapToInt(prediction -> prediction.labelSet().size())
                .sum();
    }

    private double pairScore(String first, String second) {
        Input input = Input.of(new Text(first), new Text(second));
        return school.predict(List.of(input), Mode.FULL).get(0).score().orElseThrow();
    }

    private static Task withLabels(Task task, Label... labels) {
        return new Task(task.id(), task.kind(), task.input(), "", List.of(labels), task.scoreRange(), task.policy());
    }

    private static Teaching multi(String text, String... labels) {
        return Teaching.of(Input.of(new Text(text)), new Answer.Labels(List.of(labels)));
    }

    private static Teaching score(String text, double score) {
        return Teaching.of(Input.of(new Text(text)), new Answer.Score(score));
    }

    private static Policy coverage(double coverage) {
        return new Policy(coverage, OptionalDouble.empty(), 0.01, OptionalDouble.empty(), Map.of());
    }

    private static Policy minProbability(double least) {
        return new Policy(0.9, OptionalDouble.of(least), 0.01, OptionalDouble.empty(), Map.of());
    }

    private static Policy costs(OptionalDouble abstaining, Map<String, Map<String, Double>> errors) {
        return new Policy(0.9, OptionalDouble.empty(), 0.01, abstaining, errors);
    }
}
