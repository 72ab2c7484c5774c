// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.Passage;
import dev.perennial.learn.AdaptationObjective;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.FakeTrainer;
import dev.perennial.learn.LabelledPassage;
import dev.perennial.learn.School;
import dev.perennial.learn.TrainingJob;
import dev.perennial.refresh.RefreshOrder.Aim;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is better on examples that it was not adapted to serves, and nothing else does. */
final class AdaptationJobTest {
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> THINGS =
            List.of("card", "account", "transfer", "pin", "loan", "branch", "fee", "app");

    private final MemoryAdapters shelf = new MemoryAdapters();
    private final School school = School.open(School.SMALL, List.of(FakeEncoder.blind("a")), shelf);

    @AfterEach
    void close() {
        school.close();
    }

    private static List<Teaching> teachings() {
        return IntStream.range(0, 24)
                .mapToObj(i -> {
                    String thing = THINGS.get(i % THINGS.size());
                    return i % 2 == 0
                            ? School.teaching("I lost my " + thing + " number " + i + " and it is gone", "lost")
                            : School.teaching("please open a new " + thing + " number " + i + " for me", "new");
                })
                .toList();
    }

    private void teach() {
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(teachings());
    }

    private AdaptationJob job(FakeTrainer trainer) {
        AdaptationJob.Tools tools = new AdaptationJob.Tools(
                trainer,
                school.examiner(),
                school.teacher(),
                new LabelledExamples(school.store()),
                shelf,
                task -> Optional.empty(),
                MergeObserver.NONE,
                1000,
                JobGate.OPEN);
        return new AdaptationJob(tools, new Members(school.encoders(), school.graphs()), InstantSource.fixed(BEGAN));
    }

    private static RefreshOrder order(String strategy) {
        return new RefreshOrder(
                Aim.LEARN, strategy, RefreshOrder.AUTO, List.of(School.TASK), Duration.ofMinutes(30), 1);
    }

    private static Job running() {
        return RunningJob.of("job_1", AdaptationJob.KIND, "a", BEGAN);
    }

    private JobWork.Outcome work(FakeTrainer trainer, RefreshOrder order) {
        return job(trainer).work(running(), order.toBytes(), new SilentProgress());
    }

    @Test
    void betterEncoder_serves_andTheFourthThatItNeverSawIsItsEvidence() {
        teach();
        FakeTrainer trainer = new FakeTrainer("words");

        JobWork.Outcome outcome = work(trainer, order("lora"));

        assertThat(outcome.complete()).isTrue();
        assertThat(outcome.result())
                .contains("\"promoted\":true", "\"strategy\":\"lora\"", "\"examples\":24,", "\"task\":\"task\"");
        assertThat(trainer.trainings()).hasSize(Folds.COUNT);
        assertThat(trainer.trainings()).allMatch(training -> training.examples().size() == 18);
        assertThat(shelf.kept()).hasSize(1);
        assertThat(shelf.kept().get(0).learntFrom()).hasSize(18).isSubsetOf(inputs());
        assertThat(school.ensemble().members().get(0).info().digest())
                .isEqualTo(FakeEncoder.adapted("a", "words").info().digest());
        assertThat(school.predict("I lost my purse").label()).contains("lost");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void jobThatWasEnded_keepsNothing_andHasNothingServe(int keeps) {
        teach();
        AdaptationJob job = job(new FakeTrainer("words"));

        assertThatThrownBy(() -> job.work(running(), order("lora").toBytes(), new SilentProgress() {
                    @Override
                    public boolean isEnded() {
                        return shelf.keeps() == keeps;
                    }
                }))
                .isInstanceOf(JobProgress.JobStopped.class);

        assertThat(shelf.keeps()).isEqualTo(keeps);
        assertThat(shelf.kept()).isEmpty();
        assertThat(school.teacher().isAdapted("job_1")).isFalse();
    }

    @Test
    void whatIsTrained_isKeptForTheJob_untilItEnds() {
        teach();
        FakeTrainer trainer = new FakeTrainer("words");
        AdaptationJob job = job(trainer);
        SilentProgress stopping = new SilentProgress() {
            @Override
            public boolean mayGoOn() {
                if (trainer.trainings().size() == 2) {
                    throw new JobStopped();
                }
                return true;
            }
        };

        assertThatThrownBy(() -> job.work(running(), order("lora").toBytes(), stopping))
                .isInstanceOf(JobProgress.JobStopped.class);
        assertThat(trainer.ended()).as("the process ends, and the job does not").isEmpty();
        job.work(running(), order("lora").toBytes(), new SilentProgress());
        assertThat(trainer.ended()).containsExactly("job_1");
        job.giveUp(running(), order("lora").toBytes());
        job.abandon(running(), order("lora").toBytes());

        assertThat(trainer.ended()).hasSize(3).containsOnly("job_1");
        assertThat(trainer.trainings())
                .allSatisfy(training -> assertThat(training.job())
                        .hasValueSatisfying(whose ->
                                assertThat(whose).isEqualTo(new TrainingJob("job_1", Set.of(School.TASK), inputs()))));
    }

    @Test
    void candidateThatCannotBeJudged_leavesNoFile() {
        teach();
        FakeTrainer trainer = new FakeTrainer("words").withoutFiles();

        assertThatThrownBy(() -> work(trainer, order("lora"))).isInstanceOf(Refusal.StoreUnavailable.class);

        assertThat(trainer.retained()).isEmpty();
    }

    @Test
    void scoresOfPairs_areAdaptedTo_asSimilarities() {
        school.teacher().define(School.task(Kind.REGRESSION, InputKind.PAIR));
        school.teach(IntStream.range(0, 40)
                .mapToObj(i ->
                        Teaching.of(Input.of(new Text("first " + i), new Text("second " + i)), new Answer.Score(i % 5)))
                .toList());
        FakeTrainer trainer = new FakeTrainer("words");

        work(trainer, order("lora"));

        assertThat(trainer.trainings())
                .hasSize(Folds.COUNT)
                .allMatch(training -> training.objective() == AdaptationObjective.SIMILARITY);
        assertThat(trainer.trainings().get(0).examples())
                .hasSize(30)
                .allSatisfy(example -> assertThat(example.readings()).hasSize(3))
                .extracting(LabelledPassage::score)
                .containsOnly(scores());
    }

    /** What the scores of 0 to 4 are in [0, 1]. */
    private Double[] scores() {
        ScoreRange range = school.store()
                .task(School.TASK)
                .orElseThrow()
                .task()
                .scoreRange()
                .orElseThrow();
        return IntStream.range(0, 5)
                .mapToObj(score -> (score - range.min()) / range.width())
                .toArray(Double[]::new);
    }

    @Test
    void objective_isChosenByTheTask_unlessItIsNamed() {
        teach();
        List<Folds.Labelled> texts = new LabelledExamples(school.store()).of(List.of(School.TASK));
        List<Folds.Labelled> many = IntStream.range(0, 50)
                .mapToObj(any -> texts)
                .flatMap(List::stream)
                .toList();

        assertThat(AdaptationRun.objective(order("lora"), texts)).isEqualTo(AdaptationObjective.CONTRAST);
        assertThat(AdaptationRun.objective(order("lora"), many)).isEqualTo(AdaptationObjective.CLASSIFICATION);
        assertThat(AdaptationRun.objective(asking("classification"), texts))
                .isEqualTo(AdaptationObjective.CLASSIFICATION);
        assertThatThrownBy(() -> AdaptationRun.objective(asking("similarity"), texts))
                .isInstanceOf(Refusal.Invalid.class);
    }

    private static RefreshOrder asking(String objective) {
        return new RefreshOrder(Aim.LEARN, "lora", objective, List.of(School.TASK), Duration.ofMinutes(30), 1);
    }

    private static RefreshOrder unlabelled(String... texts) {
        return asking("self-contrast").with(Stream.of(texts).map(Text::new).toList());
    }

    private static String key(String text) {
        return ContentKey.of(Input.of(new Text(text))).hex();
    }

    @Test
    void anOrder_isReadAsItWasWritten_withItsTexts() {
        RefreshOrder order = unlabelled("two\nlines", "=", "\u00fc");

        assertThat(RefreshOrder.of(order.toBytes())).isEqualTo(order);
        assertThat(RefreshOrder.of(order("lora").toBytes())).isEqualTo(order("lora"));
    }

    @Test
    void textsWithoutLabels_areLearntFrom_butNoneThatAnExampleHas() {
        teach();
        FakeTrainer trainer = new FakeTrainer("words");
        String taught = teachings().get(0).input().text().value();

        JobWork.Outcome outcome = work(trainer, unlabelled("where is it", taught, "where is it", "gone again"));

        assertThat(outcome.result()).contains("\"promoted\":true", "\"objective\":\"self-contrast\"");
        assertThat(outcome.result()).doesNotContain("where is it");
        assertThat(trainer.trainings())
                .hasSize(Folds.COUNT)
                .allSatisfy(training -> assertThat(training.unlabelled())
                        .containsExactlyInAnyOrder(Passage.of("where is it"), Passage.of("gone again")));
        assertThat(shelf.kept().get(0).learntFrom()).hasSize(20).contains(key("where is it"), key("gone again"));
    }

    @Test
    void textWithoutLabelThatIsErasedMeanwhile_endsTheAdaptation() {
        teach();

        JobWork.Outcome outcome = job(new FakeTrainer("words"))
                .work(
                        running(),
                        unlabelled("where is it").toBytes(),
                        new Meanwhile("step", () -> teachAndForget("where is it")));

        assertThat(outcome.result()).contains("\"promoted\":false", "erased");
        assertThat(shelf.kept()).isEmpty();
    }

    @Test
    void textWithoutLabelThatIsErased_endsWhatLearntFromIt() {
        teach();
        work(new FakeTrainer("words"), unlabelled("where is it"));
        assertThat(shelf.kept()).hasSize(1);

        teachAndForget("where is it");

        assertThat(shelf.kept()).isEmpty();
        assertThat(school.teacher().isAdapted("job_1")).isFalse();
    }

    @Test
    void textsWithoutLabels_areOfOneObjective() {
        teach();
        List<Folds.Labelled> texts = new LabelledExamples(school.store()).of(List.of(School.TASK));
        RefreshOrder contrast = asking("contrast").with(List.of(new Text("where is it")));

        assertThat(AdaptationRun.objective(unlabelled("a"), texts)).isEqualTo(AdaptationObjective.SELF_CONTRAST);
        assertThatThrownBy(() -> AdaptationRun.objective(contrast, texts))
                .isInstanceOfSatisfying(
                        Refusal.Invalid.class,
                        refusal -> assertThat(refusal.faults().get(0).pointer()).isEqualTo("/texts"));
    }

    private static Set<String> inputs() {
        return teachings().stream()
                .map(teaching -> ContentKey.of(teaching.input()).hex())
                .collect(Collectors.toSet());
    }

    @Test
    void report_saysWhatACandidateCostsAndWhatItChangesWhere() {
        teach();

        String result = work(new FakeTrainer("words"), order("lora")).result();

        assertThat(result)
                .contains(
                        "\"objective\":\"contrast\"",
                        "\"risk_before\":",
                        "\"risk_after\":",
                        "\"latency_ms_before\":",
                        "\"latency_ms_after\":",
                        "\"serving_bytes\":5000",
                        "\"seconds\":",
                        "\"cpu_seconds\":4.0000",
                        "\"joules_estimate\":40.0000",
                        "\"watts_assumed\":10.0000",
                        "\"p_value\":",
                        "{\"label\":\"lost\",\"examples\":12,",
                        "{\"label\":\"new\",\"examples\":12,",
                        "\"from_chars\":");
        assertThat(result.split("\"from_chars\":", -1)).hasSize(4);
    }

    @Test
    void encoderThatIsNoBetter_leavesEverythingAsItWas() {
        teach();
        String before = school.digest();

        JobWork.Outcome outcome = work(new FakeTrainer("blind"), order("auto"));

        assertThat(outcome.complete()).isTrue();
        assertThat(outcome.result())
                .contains(
                        "\"promoted\":false", "\"bitfit\"", "\"lora\"", "\"last-layers\"", "more than chance explains");
        assertThat(shelf.kept()).isEmpty();
        assertThat(school.digest()).isEqualTo(before);
    }

    @Test
    void auto_stopsWhenTheNextStrategyIsNoBetter() {
        teach();

        JobWork.Outcome outcome = work(new FakeTrainer("words"), order("auto"));

        assertThat(outcome.result())
                .contains("\"promoted\":true", "\"bitfit\"", "\"lora\"")
                .doesNotContain("last-layers");
        assertThat(shelf.kept().get(0).strategy()).isEqualTo(AdaptationStrategy.BITFIT.key());
    }

    @Test
    void auto_goesOnWhereAStrategyIsRefused_andSaysSo() {
        teach();
        FakeTrainer trainer = new FakeTrainer("words").refusing(AdaptationStrategy.BITFIT);

        assertThat(work(trainer, order("auto")).result())
                .contains("\"promoted\":true", "\"reason\":\"too little memory\"", "\"strategy\":\"lora\"");
        assertThatThrownBy(() -> {
                    shelf.kept().forEach(each -> shelf.remove(each.id()));
                    work(trainer, order("bitfit"));
                })
                .isInstanceOf(Refusal.Conflict.class);
    }

    @Test
    void cancelledAdaptation_changesNothing() {
        teach();
        String before = school.digest();

        JobWork.Outcome outcome = job(new FakeTrainer("words"))
                .work(running(), order("lora").toBytes(), new SilentProgress() {
                    @Override
                    public boolean mayGoOn() {
                        return false;
                    }
                });

        assertThat(outcome.complete()).isFalse();
        assertThat(shelf.kept()).isEmpty();
        assertThat(school.digest()).isEqualTo(before);
    }

    /** Does something when the progress says some words for the first time. */
    private static final class Meanwhile extends SilentProgress {
        private final String words;
        private final Runnable work;
        private boolean done;

        private Meanwhile(String words, Runnable work) {
            this.words = words;
            this.work = work;
        }

        @Override
        public void report(long now, long total, String message) {
            if (!done && message.contains(words)) {
                done = true;
                work.run();
            }
        }
    }

    private void teachAndForget(String text) {
        school.teach(List.of(School.teaching(text, "lost")));
        List<Example> examples = new ArrayList<>();
        school.store().examples(School.TASK).forEach(examples::add);
        Example taught = examples.stream()
                .filter(each -> each.teaching().input().text().value().equals(text))
                .findFirst()
                .orElseThrow();
        school.teacher().forget(School.TASK, taught.id());
    }

    private void eraseOne() {
        List<Example> all = new ArrayList<>();
        school.store().examples(School.TASK).forEach(all::add);
        Example learnt = all.stream()
                .filter(example -> shelf.kept().isEmpty()
                        || shelf.kept()
                                .get(0)
                                .learntFrom()
                                .contains(ContentKey.of(example.teaching().input())
                                        .hex()))
                .findFirst()
                .orElseThrow();
        school.teacher().forget(School.TASK, learnt.id());
    }

    @ParameterizedTest
    @ValueSource(strings = {"step 5 of", "learning its tasks"})
    void exampleThatIsErasedWhileTheJobRuns_keepsWhatLearntFromItFromServing(String when) {
        teach();

        JobWork.Outcome outcome = job(new FakeTrainer("words"))
                .work(running(), order("lora").toBytes(), new Meanwhile(when, this::eraseOne));

        assertThat(outcome.complete()).isTrue();
        assertThat(outcome.result()).contains("\"promoted\":false", "was erased meanwhile");
        assertThat(shelf.kept()).isEmpty();
        assertThat(school.teacher().isAdapted("job_1")).isFalse();
        String adapted = FakeEncoder.adapted("a", "words").info().digest();
        assertThat(school.ensemble().members())
                .noneMatch(member -> member.info().digest().equals(adapted));
        assertThat(school.store().vectors(School.TASK, adapted)).isEmpty();
    }

    @Test
    void exampleThatIsErasedWhileItIsTrainedOn_endsTheTraining() {
        teach();
        FakeTrainer trainer = new FakeTrainer("words");

        job(trainer).work(running(), order("auto").toBytes(), new Meanwhile("step 5 of", this::eraseOne));

        assertThat(trainer.trainings()).hasSize(1);
    }

    @Test
    void taskThatIsRemovedAndTaughtAgainWhileTheJobRuns_isNotAnsweredByIt() {
        teach();

        JobWork.Outcome outcome = job(new FakeTrainer("words"))
                .work(running(), order("lora").toBytes(), new Meanwhile("step 5 of", () -> {
                    school.teacher().remove(School.TASK);
                    teach();
                }));

        assertThat(outcome.result()).contains("\"promoted\":false");
        assertThat(shelf.kept()).isEmpty();
        assertThat(school.teacher().isAdapted("job_1")).isFalse();
    }

    @Test
    void promotionThatWasCutOff_goesOnWithWhatIsKept() {
        teach();
        work(new FakeTrainer("words"), order("lora"));
        FakeTrainer unused = new FakeTrainer("blind");

        JobWork.Outcome outcome = work(unused, order("lora"));

        assertThat(outcome.result()).contains("\"promoted\":true");
        assertThat(unused.trainings()).isEmpty();
    }

    @Test
    void goingBack_leavesNothing() {
        teach();
        String before = school.digest();
        work(new FakeTrainer("words"), order("lora"));
        assertThat(school.digest()).isNotEqualTo(before);

        JobWork.Outcome outcome = work(new FakeTrainer("words"), RefreshOrder.goBack());

        assertThat(outcome.complete()).isTrue();
        assertThat(school.digest()).isEqualTo(before);
        assertThat(shelf.kept()).isEmpty();
    }

    @Test
    void whatCannotBeAdaptedTo_isRefused() {
        assertThatThrownBy(() -> work(new FakeTrainer("words"), order("lora"))).isInstanceOf(Refusal.NotFound.class);
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(teachings().subList(0, 6));
        assertThatThrownBy(() -> work(new FakeTrainer("words"), order("lora")))
                .isInstanceOf(Refusal.Conflict.class)
                .hasMessageContaining("at least 16");
    }

    @Test
    void folds_holdEveryInputOutOnce_everyLabelEvenly_andEqualInputsTogether() {
        teach();
        List<Folds.Labelled> all = new LabelledExamples(school.store()).of(List.of(School.TASK));
        Folds folds = Folds.of(all, 5);
        List<String> heldOut = new ArrayList<>();
        for (int fold = 0; fold < Folds.COUNT; fold++) {
            List<Folds.Labelled> outside = folds.outside(fold, all);
            assertThat(outside.stream().filter(each -> each.label().equals("lost")))
                    .hasSize(9);
            all.stream().filter(each -> !outside.contains(each)).forEach(each -> heldOut.add(each.input()));
        }
        assertThat(heldOut).hasSize(24).doesNotHaveDuplicates();
        TaskId twin = new TaskId("twin");
        List<Folds.Labelled> doubled = new ArrayList<>(all);
        all.forEach(each ->
                doubled.add(new Folds.Labelled(twin, each.label(), each.score(), each.input(), each.example())));
        Folds both = Folds.of(doubled, 5);
        for (int fold = 0; fold < Folds.COUNT; fold++) {
            Set<String> outside = both.outside(fold, doubled).stream()
                    .map(Folds.Labelled::input)
                    .collect(Collectors.toSet());
            assertThat(both.outside(fold, doubled)).hasSize(2 * outside.size());
        }
    }
}
