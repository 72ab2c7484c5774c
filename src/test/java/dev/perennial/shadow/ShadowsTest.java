// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import static dev.perennial.learn.School.TASK;
import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.learn.School;
import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.ShadowCourse.State;
import dev.perennial.shadow.Tally.Cell;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ShadowsTest {
    /** A gate of which tests say what it says. */
    private final PromotionGate gate = new PromotionGate() {
        @Override
        public boolean isAsked(TaskId task) {
            return verdict.get().isPresent();
        }

        @Override
        public double accuracyLoss(TaskId task) {
            return 0.003;
        }

        @Override
        public Optional<String> objection(TaskId task, RevisionId candidate, Runnable promotion) {
            gates.incrementAndGet();
            Optional<String> objection =
                    verdict.get().orElseThrow(() -> new Refusal.NotFound("suite of the task", task.value()));
            if (objection.isEmpty()) {
                promotion.run();
            }
            return objection;
        }
    };

    /** Without verdict there is no suite; without objection everything passes. */
    private final AtomicReference<Optional<Optional<String>>> verdict = new AtomicReference<>(Optional.empty());

    private final AtomicInteger gates = new AtomicInteger();
    private Executor judging = Runnable::run;
    private Runnable whenIdIsMade = () -> {};

    private static final TaskId OTHER = new TaskId("other");
    private static final String DISPUTED = "one red thing";
    private static final String AGREED = "a green one";

    private final School school = School.open(School.SMALL);
    private final MemoryShadowStore store = new MemoryShadowStore(school.store());
    private final AtomicInteger ids = new AtomicInteger(100);
    private final AtomicInteger dropped = new AtomicInteger();
    private Shadows shadows = shadows(school.predictor()::predict);
    private RevisionId candidate;

    /** What was answered to one request. */
    private record Asked(Predictions answers, List<String> ids) {}

    private Shadows shadows(Shadows.Answerer beside) {
        ShadowObserver observer = new ShadowObserver() {
            @Override
            public void compared(TaskId task, boolean differ) {}

            @Override
            public void dropped(TaskId task) {
                dropped.incrementAndGet();
            }

            @Override
            public void canary(TaskId task) {}
        };
        return new Shadows(
                new Shadows.Ports(
                        store,
                        school.active(),
                        school.teacher().revisions(),
                        gate,
                        InstantSource.fixed(Instant.EPOCH),
                        () -> {
                            whenIdIsMade.run();
                            return "sh_" + ids.incrementAndGet();
                        }),
                new Shadows.Answering(school.predictor()::predict, beside, observer, 42));
    }

    @BeforeEach
    void teach() {
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "red", "green", "blue"));
        school.teach(teaching(DISPUTED, "red"), teaching(AGREED, "green"), teaching("text 3", "green"));
        candidate = school.teacher()
                .stage(TASK, List.of(outweighing(DISPUTED, "blue"), teaching("a sky", "blue")), false)
                .revision();
    }

    private static Teaching outweighing(String text, String label) {
        return new Teaching(Input.of(new Text(text)), new Answer.OneLabel(label), Optional.empty(), 20);
    }

    @AfterEach
    void close() {
        shadows.close();
        school.close();
    }

    private String begin(Traffic traffic, Optional<PromotionRule> rule) {
        return shadows.begin(new Shadows.Wish(TASK, candidate, traffic, rule, 3), course -> Optional.empty())
                .shadow()
                .id();
    }

    private String begin() {
        return begin(new Traffic(1, 0, 1), Optional.empty());
    }

    private static PredictionRequest request(String... texts) {
        List<Input> inputs = new ArrayList<>();
        for (String text : texts) {
            inputs.add(Input.of(new Text(text)));
        }
        return new PredictionRequest(inputs, 3, Mode.FULL, false);
    }

    private Asked ask(String... texts) {
        PredictionRequest request = request(texts);
        Predictions answers = shadows.answer(List.of(school.ensemble()), request, school.predictor()::predict)
                .get(0);
        List<String> predictions = IntStream.range(0, texts.length)
                .mapToObj(i -> "pr_" + ids.incrementAndGet())
                .toList();
        shadows.answered(TASK, request, answers, predictions);
        return new Asked(answers, predictions);
    }

    private ShadowCourse course(String id) {
        return shadows.find(TASK, id).orElseThrow();
    }

    private void awaitAsked(String id, long asked) {
        await().until(() -> course(id).tally().asked() == asked);
    }

    private void lookAfter() {
        new ShadowUpkeep(shadows, judging).run();
    }

    private static String label(Predictions answers, int position) {
        return answers.predictions().get(position).label().orElseThrow();
    }

    @Test
    void shadow_changesNoAnswer_andCountsWhatDiffers() {
        String id = begin();
        Asked asked = ask(DISPUTED, AGREED, DISPUTED);
        awaitAsked(id, 3);

        assertThat(label(asked.answers(), 0)).isEqualTo("red");
        assertThat(asked.answers().revision()).isEqualTo(school.ensemble().answerRevision());
        Tally tally = course(id).tally();
        assertThat(tally.differing()).isEqualTo(2);
        assertThat(tally.cells()).containsOnly(java.util.Map.entry(new Cell("red", "blue"), 2L));
        assertThat(tally.canaries()).isZero();
        assertThat(tally.serving().meanProbability()).isPresent();
        assertThat(tally.serving().timed()).isEqualTo(3);
        assertThat(tally.candidate().timed()).isEqualTo(3);
        List<Difference> differences = shadows.differences(TASK, id);
        assertThat(differences)
                .extracting(Difference::prediction)
                .containsExactly(asked.ids().get(2), asked.ids().get(0));
        assertThat(differences.get(0).fingerprint())
                .isEqualTo(differences.get(1).fingerprint())
                .hasSize(16);
        assertThat(differences.toString()).doesNotContain(DISPUTED);
    }

    @Test
    void canary_answersInTheOrderOfTheInputs_underItsRevision() {
        String id = begin(new Traffic(0, 0.5, 3), Optional.empty());
        Ensemble staged = school.teacher().revisions().of(TASK, candidate);
        String[] texts = IntStream.range(0, 40).mapToObj(i -> "thing " + i).toArray(String[]::new);
        Predictions answers = ask(texts).answers();
        Predictions again = ask(texts).answers();
        Predictions by = school.predictor().predict(staged.answering(candidate), request(texts));
        Predictions serving = school.predictor().predict(school.ensemble(), request(texts));

        assertThat(answers.by()).isEqualTo(again.by()).contains(candidate, serving.revision());
        assertThat(answers.revision()).isEqualTo(serving.revision());
        for (int i = 0; i < texts.length; i++) {
            Predictions expected = answers.by().get(i).equals(candidate) ? by : serving;
            assertThat(answers.predictions().get(i))
                    .isEqualTo(expected.predictions().get(i));
        }
        long canaries = answers.by().stream().filter(candidate::equals).count();
        assertThat(course(id).tally().canaries()).isEqualTo(2 * canaries);
        assertThat(course(id).tally().asked()).isZero();
    }

    @Test
    void canaryOfEverything_namesTheCandidate_andIsComparedAsWell() {
        String id = begin(new Traffic(1, 1, 1), Optional.empty());
        Asked asked = ask(DISPUTED);
        awaitAsked(id, 1);

        assertThat(asked.answers().revision()).isEqualTo(candidate);
        assertThat(label(asked.answers(), 0)).isEqualTo("blue");
        assertThat(course(id).tally().cells()).containsKey(new Cell("red", "blue"));
        assertThat(shadows.differences(TASK, id)).extracting(Difference::canary).containsExactly(true);
    }

    @Test
    void candidateThatFails_leavesTheAnswerToWhatServes() {
        shadows.close();
        shadows = new Shadows(
                shadows.ports(),
                new Shadows.Answering(
                        (ensembles, request) -> {
                            throw new IllegalStateException("broken");
                        },
                        school.predictor()::predict,
                        new QuietObserver(),
                        1));
        begin(new Traffic(1, 1, 1), Optional.empty());

        assertThat(label(ask(DISPUTED).answers(), 0)).isEqualTo("red");
    }

    /** Hears nothing. */
    private static final class QuietObserver implements ShadowObserver {
        @Override
        public void compared(TaskId task, boolean differ) {}

        @Override
        public void dropped(TaskId task) {}

        @Override
        public void canary(TaskId task) {}
    }

    @Test
    void teachingWhatServes_goesOnAgainstIt() {
        String id = begin();
        ask(DISPUTED);
        awaitAsked(id, 1);
        school.teach(outweighing(AGREED, "blue"));
        lookAfter();
        ask(AGREED);
        awaitAsked(id, 2);

        assertThat(course(id).state()).isEqualTo(State.RUNNING);
        assertThat(course(id).tally().cells()).containsKeys(new Cell("red", "blue"), new Cell("blue", "green"));
    }

    @Test
    void promotionByHand_endsIt() {
        String id = begin();
        school.teacher().revisions().promote(TASK, candidate, false);
        lookAfter();

        assertThat(course(id).state()).isEqualTo(State.PROMOTED);
        assertThat(course(id).reason()).contains("promoted by hand");
    }

    @Test
    void promotionByHand_isNotCountedAsACanary_andEndsItWithoutARound() {
        String id = begin(new Traffic(1, 0.5, 1), Optional.empty());
        school.teacher().revisions().promote(TASK, candidate, false);
        for (int i = 0; i < 20; i++) {
            ask("thing " + i);
        }
        assertThat(course(id).tally()).isEqualTo(Tally.NONE);

        shadows.promotedByHand(TASK);
        assertThat(course(id).reason()).contains("promoted by hand");
        assertThat(course(id).tally()).isEqualTo(Tally.NONE);
        assertThat(shadows.live()).isEmpty();
    }

    @Test
    void promotionByHandWhileTheCandidateIsLearnt_isNoticed() {
        RevisionId before = school.ensemble().answerRevision();
        school.teach(teaching("more", "blue"));
        RevisionId staged = school.teacher()
                .stage(TASK, List.of(teaching("a sea", "blue")), false)
                .revision();
        whenIdIsMade = () -> school.teacher().revisions().promote(TASK, before, false);
        String id = shadows.begin(
                        new Shadows.Wish(TASK, staged, new Traffic(1, 0, 1), Optional.empty(), 3),
                        course -> Optional.empty())
                .shadow()
                .id();
        lookAfter();

        assertThat(course(id).reason().orElseThrow()).contains("another revision");
    }

    @Test
    void goingBackByHand_endsIt() {
        RevisionId before = school.ensemble().answerRevision();
        school.teach(teaching("more", "blue"));
        String id = begin();
        school.teacher().revisions().promote(TASK, before, false);
        lookAfter();

        assertThat(course(id).state()).isEqualTo(State.ENDED);
        assertThat(course(id).reason().orElseThrow()).contains("another revision");
        assertThat(label(ask(DISPUTED).answers(), 0)).isEqualTo("red");
    }

    @Test
    void erasingWhatTheCandidateLearnt_endsItAtOnceAndForGood() {
        String id = begin(new Traffic(1, 1, 1), Optional.empty());
        String erased = school.store().examples(TASK).stream()
                .filter(example -> example.teaching().input().text().value().equals(AGREED))
                .findFirst()
                .orElseThrow()
                .id();
        school.teacher().forget(TASK, erased);
        shadows.erased(TASK);

        assertThat(shadows.isReady(TASK, id)).isFalse();
        assertThat(label(ask(DISPUTED).answers(), 0)).isEqualTo("red");
        lookAfter();
        assertThat(course(id).state()).isEqualTo(State.ENDED);
        assertThat(course(id).reason().orElseThrow()).contains("erased");
    }

    @Test
    void candidateOfAnOutdatedExample_endsIt() {
        candidate = school.teacher()
                .stage(TASK, List.of(named("a sky", "blue"), outweighing(DISPUTED, "blue")), false)
                .revision();
        String id = begin(new Traffic(1, 1, 1), Optional.empty());
        assertThat(label(ask(DISPUTED).answers(), 0)).isEqualTo("blue");

        school.teach(named("a sea", "blue"));
        shadows.erased(TASK);

        assertThat(label(ask(DISPUTED).answers(), 0)).isEqualTo("red");
        lookAfter();
        assertThat(course(id).state()).isEqualTo(State.ENDED);
        assertThat(course(id).reason().orElseThrow()).contains("erased");
        assertThat(school.store().examples(TASK))
                .extracting(example -> example.teaching().input().text().value())
                .contains("a sea")
                .doesNotContain("a sky");
    }

    private static Teaching named(String text, String label) {
        return new Teaching(Input.of(new Text(text)), new Answer.OneLabel(label), Optional.of("the-blue-one"), 1);
    }

    @Test
    void erasingSomethingElse_goesOnWhenTheCandidateIsProvenWhole() {
        String later =
                school.teach(teaching("said later", "blue")).rows().get(0).exampleId();
        String id = begin(new Traffic(1, 1, 1), Optional.empty());
        school.teacher().forget(TASK, later);
        shadows.erased(TASK);
        assertThat(shadows.isReady(TASK, id)).isFalse();
        lookAfter();

        assertThat(shadows.isReady(TASK, id)).isTrue();
        assertThat(label(ask(DISPUTED).answers(), 0)).isEqualTo("blue");
    }

    @Test
    void removingTheTask_endsItWithoutTrace() {
        String id = begin();
        school.teacher().remove(TASK);
        shadows.erased(TASK);
        lookAfter();

        assertThat(shadows.find(TASK, id)).isEmpty();
        assertThat(shadows.live()).isEmpty();
    }

    @Test
    void taskRemovedAndDefinedAgain_canBeginAnother() {
        begin();
        school.teacher().remove(TASK);
        assertThat(store.running()).isEmpty();
        teach();

        assertThat(course(begin()).state()).isEqualTo(State.RUNNING);
    }

    @Test
    void rule_promotesWhatFeedbackSaysIsNotWorse() {
        String id = begin(new Traffic(1, 0, 1), Optional.of(new PromotionRule(4, 3, false)));
        for (int i = 0; i < 3; i++) {
            String prediction = ask(DISPUTED).ids().get(0);
            awaitAsked(id, i + 1);
            shadows.judged(TASK, prediction, new Answer.OneLabel("blue"));
            shadows.judged(TASK, prediction, new Answer.OneLabel("blue"));
        }
        lookAfter();
        assertThat(course(id).tally().scored().answers()).isEqualTo(3);
        assertThat(course(id).tally().scored().onlyCandidate()).isEqualTo(3);
        assertThat(course(id).state()).isEqualTo(State.RUNNING);

        ask(AGREED);
        awaitAsked(id, 4);
        lookAfter();
        assertThat(course(id).state()).isEqualTo(State.PROMOTED);
        assertThat(school.ensemble().answerRevision()).isEqualTo(candidate);
        assertThat(label(ask(DISPUTED).answers(), 0)).isEqualTo("blue");
    }

    /** Another task like the first, with a shadow. */
    private String beginOther(Optional<PromotionRule> rule) {
        Task plain = School.task(Kind.CLASSIFICATION, InputKind.TEXT, "red", "green", "blue");
        school.teacher()
                .define(new Task(
                        OTHER, plain.kind(), plain.input(), "", plain.labels(), plain.scoreRange(), plain.policy()));
        RevisionId staged = school.teacher()
                .stage(OTHER, List.of(teaching(DISPUTED, "blue")), false)
                .revision();
        return shadows.begin(new Shadows.Wish(OTHER, staged, new Traffic(1, 0, 1), rule, 3), course -> Optional.empty())
                .shadow()
                .id();
    }

    private void askOther(String id) {
        PredictionRequest request = request(AGREED);
        long before = shadows.find(OTHER, id).orElseThrow().tally().asked();
        Predictions answers = shadows.answer(List.of(school.active().of(OTHER)), request, school.predictor()::predict)
                .get(0);
        shadows.answered(OTHER, request, answers, List.of("pr_" + ids.incrementAndGet()));
        await().until(() -> shadows.find(OTHER, id).orElseThrow().tally().asked() > before);
    }

    @Test
    void keepingOne_failsForItAlone() {
        String id = begin();
        String other = beginOther(Optional.empty());
        ask(AGREED);
        awaitAsked(id, 1);
        askOther(other);
        store.refuse(TASK);
        new ShadowUpkeep(shadows, judging).keepAll();
        assertThat(store.find(OTHER, other).orElseThrow().tally().asked()).isEqualTo(1);

        askOther(other);
        store.refuse(OTHER);
        new ShadowUpkeep(shadows, judging).keepAll();
        assertThat(store.find(TASK, id).orElseThrow().tally().asked()).isEqualTo(1);
        assertThat(store.find(OTHER, other).orElseThrow().tally().asked()).isEqualTo(1);
    }

    @Test
    void gateThatTakesLong_holdsNoOtherShadowUp_andIsAskedOnce() {
        verdict.set(Optional.of(Optional.empty()));
        List<Runnable> waiting = new ArrayList<>();
        judging = waiting::add;
        Optional<PromotionRule> byGate = Optional.of(new PromotionRule(0, 0, true));
        String id = begin(new Traffic(1, 0, 1), byGate);
        String other = beginOther(Optional.empty());
        askOther(other);
        lookAfter();
        lookAfter();

        assertThat(waiting).hasSize(1);
        assertThat(course(id).state()).isEqualTo(State.RUNNING);
        assertThat(store.find(OTHER, other).orElseThrow().tally().asked()).isEqualTo(1);
        waiting.get(0).run();
        assertThat(course(id).state()).isEqualTo(State.PROMOTED);
        assertThat(gates.get()).isEqualTo(1);
    }

    @Test
    void restart_asksTheRuleAgainNoLater() {
        verdict.set(Optional.of(Optional.of("worse")));
        String id = begin(new Traffic(1, 0, 1), Optional.of(new PromotionRule(0, 0, true)));
        lookAfter();
        assertThat(gates.get()).isEqualTo(1);
        for (int i = 0; i < 60; i++) {
            ask(AGREED);
        }
        awaitAsked(id, 60);
        restart();
        assertThat(gates.get()).isEqualTo(1);
        for (int i = 0; i < 40; i++) {
            ask(AGREED);
        }
        awaitAsked(id, 100);
        lookAfter();

        assertThat(gates.get())
                .as("when twice as many, but 100 at least, were compared")
                .isEqualTo(2);
    }

    private void restart() {
        new ShadowUpkeep(shadows, judging).keepAll();
        shadows.close();
        shadows = shadows(school.predictor()::predict);
        shadows.restore();
        lookAfter();
    }

    @Test
    void endOfTheProcessBetweenPromotingAndNotingIt_isNotTakenForAHand() {
        verdict.set(Optional.of(Optional.empty()));
        String id = begin(new Traffic(1, 0, 1), Optional.of(new PromotionRule(0, 0, true)));
        store.refuseEnds();
        lookAfter();
        assertThat(school.ensemble().answerRevision()).isEqualTo(candidate);
        assertThat(store.find(TASK, id).orElseThrow().state()).isEqualTo(State.RUNNING);
        shadows.close();
        shadows = shadows(school.predictor()::predict);
        shadows.restore();
        store.refuse(OTHER);
        lookAfter();

        assertThat(store.find(TASK, id).orElseThrow().reason()).contains("promoted by its rule");
    }

    @Test
    void canaryWhoseTruthWasTaughtBeforeWhatServesAnswered_isNotScored() {
        CountDownLatch stuck = new CountDownLatch(1);
        String id = beginAfter(stuck, new Traffic(1, 1, 1));
        ask(AGREED);
        String prediction = ask(DISPUTED).ids().get(0);
        school.teach(outweighing(DISPUTED, "blue"));
        stuck.countDown();
        awaitAsked(id, 2);
        shadows.judged(TASK, prediction, new Answer.OneLabel("blue"));

        assertThat(course(id).tally().scored().answers()).isZero();
    }

    @Test
    void canaryThatIsJudgedBeforeWhatServesAnswered_isScoredWhenNothingWasTaught() {
        CountDownLatch stuck = new CountDownLatch(1);
        String id = beginAfter(stuck, new Traffic(1, 1, 1));
        shadows.judged(TASK, ask(DISPUTED).ids().get(0), new Answer.OneLabel("blue"));
        stuck.countDown();
        awaitAsked(id, 1);

        await().until(() -> course(id).tally().scored().onlyCandidate() == 1);
    }

    private String beginAfter(CountDownLatch stuck, Traffic traffic) {
        shadows.close();
        shadows = shadows((ensembles, request) -> {
            try {
                stuck.await();
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
            }
            return school.predictor().predict(ensembles, request);
        });
        return begin(traffic, Optional.empty());
    }

    @Test
    void rule_doesNotPromoteWhatIsWorse_andSaysWhy() {
        String id = begin(new Traffic(1, 0, 1), Optional.of(new PromotionRule(0, 2, false)));
        RevisionId serving = school.ensemble().answerRevision();
        for (int i = 0; i < 2; i++) {
            String prediction = ask(DISPUTED).ids().get(0);
            awaitAsked(id, i + 1);
            shadows.judged(TASK, prediction, new Answer.OneLabel("red"));
        }
        lookAfter();

        assertThat(course(id).state()).isEqualTo(State.RUNNING);
        assertThat(course(id).ruling().objection().orElseThrow()).contains("2 would be lost");
        assertThat(school.ensemble().answerRevision()).isEqualTo(serving);
    }

    @Test
    void restart_goesOnWithWhatWasCounted() {
        String id = begin(new Traffic(1, 0.5, 9), Optional.empty());
        ask(DISPUTED, AGREED);
        awaitAsked(id, 2);
        new ShadowUpkeep(shadows, judging).keepAll();
        shadows.close();
        Tally before = store.find(TASK, id).orElseThrow().tally();

        shadows = shadows(school.predictor()::predict);
        shadows.restore();
        assertThat(course(id).tally()).isEqualTo(before);
        assertThat(before.asked()).isEqualTo(2);
        assertThat(shadows.isReady(TASK, id)).isFalse();
        lookAfter();
        assertThat(shadows.isReady(TASK, id)).isTrue();
        ask(DISPUTED);
        awaitAsked(id, 3);
    }

    @Test
    void whatIsTooMuch_isDroppedAndCounted_andHoldsNoAnswerUp() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        shadows.close();
        shadows = shadows((ensembles, request) -> {
            try {
                stuck.await();
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
            }
            return school.predictor().predict(ensembles, request);
        });
        String id = begin();
        for (int i = 0; i < 300; i++) {
            ask(AGREED);
        }
        assertThat(course(id).tally().dropped()).isEqualTo(44);
        assertThat(dropped.get()).isEqualTo(44);
        stuck.countDown();
        awaitAsked(id, 256);
    }

    @Test
    void whatMakesNoSense_isRefused() {
        Traffic all = new Traffic(1, 0, 1);
        RevisionId serving = school.ensemble().answerRevision();
        assertThatThrownBy(() -> shadows.begin(
                        new Shadows.Wish(TASK, serving, all, Optional.empty(), 3), course -> Optional.empty()))
                .isInstanceOf(Refusal.Conflict.class)
                .hasMessageContaining("serves already");
        assertThatThrownBy(() -> shadows.begin(
                        new Shadows.Wish(TASK, candidate, all, Optional.empty(), 0), course -> Optional.empty()))
                .isInstanceOf(Refusal.TooLarge.class);
        String id = begin();
        assertThatThrownBy(this::begin).isInstanceOf(Refusal.Conflict.class).hasMessageContaining(id);
        shadows.end(TASK, id);
        shadows.end(TASK, id);
        assertThat(course(id).state()).isEqualTo(State.ENDED);
        assertThat(course(id).reason()).contains("ended by hand");
        begin();
    }
}
