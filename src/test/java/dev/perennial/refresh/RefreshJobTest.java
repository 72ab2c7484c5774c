// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.FakeTableEncoder;
import dev.perennial.encode.Passage;
import dev.perennial.encode.TableEncoder;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.evaluate.SchoolGate;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.learn.Examiner;
import dev.perennial.learn.School;
import dev.perennial.refresh.RefreshJob.Refreshable;
import dev.perennial.refresh.RefreshOrder.Aim;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RefreshJobTest {
    private static final RefreshOrder LEARN = learn(List.of());
    private static final List<String> COLOURS = List.of("red", "green", "blue");
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

    private final FakeTableEncoder built = FakeTableEncoder.random(1);
    private final School school = School.open(School.SMALL, List.of(built, new FakeEncoder("teacher")));
    private final Members members = new Members(school.encoders(), new LiveGraphs());
    private final Shelf shelf = new Shelf();

    @BeforeEach
    void teach() {
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        List<Teaching> teachings = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String label = List.of("red", "green", "blue").get(i % 3);
            teachings.add(teaching(label + i % 7 + " " + label + i % 11 + " w" + i, label));
        }
        school.teach(teachings);
    }

    @AfterEach
    void close() {
        school.close();
    }

    @Test
    void betterCandidateThatNoTaskSuffersFrom_servesEveryTask_andIsKept() {
        TableEncoder other = built.with(Map.of(511, new float[FakeTableEncoder.DIMENSION]));

        JobWork.Outcome outcome = work(job(other, true), LEARN);

        assertThat(outcome.complete()).isTrue();
        assertThat(outcome.result())
                .startsWith("{\"promoted\":true,\"member\":\"static\",\"group\":null,\"report\":{\"reason\":")
                .contains("\"tasks\":[{\"task\":\"task\",\"examples\":16,\"accuracy_before\":");
        assertThat(school.encoders().find("static").orElseThrow().info()).isEqualTo(other.info());
        assertThat(school.ensemble().members().get(0).info()).isEqualTo(other.info());
        assertThat(shelf.confirmed).isEqualTo(shelf.pending).isNotNull();
        assertThat(school.store().vectors(School.TASK, other.info().digest())).hasSize(60);
        assertThat(school.store().vectors(School.TASK, built.info().digest()))
                .as("left by what was replaced")
                .isEmpty();
    }

    @Test
    void candidateThatATaskSuffersFrom_isRejected_andNothingChanges() {
        Ensemble before = school.ensemble();

        JobWork.Outcome outcome = work(job(blind(), true), LEARN);

        assertThat(outcome.complete()).isTrue();
        assertThat(outcome.result())
                .contains("\"promoted\":false")
                .contains("task task answers significantly fewer")
                .contains("\"falls_significantly\":true");
        assertThat(school.encoders().find("static").orElseThrow()).isSameAs(built);
        assertThat(school.ensemble()).isSameAs(before);
        assertThat(shelf.pending).isNull();
        assertThat(school.store().vectors(School.TASK, blind().info().digest())).isEmpty();
    }

    @Test
    void candidateThatTheGateOfATaskRefuses_isDiscarded_andNothingChanges(@TempDir Path directory) {
        try (School alone = School.open(School.SMALL, List.of(built));
                SchoolGate gate = SchoolGate.open(directory, alone)) {
            alone.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
            alone.teach(IntStream.range(0, 60)
                    .mapToObj(i -> teaching(COLOURS.get(i % 3) + i % 7 + " w" + i, COLOURS.get(i % 3)))
                    .toList());
            gate.suite(
                    School.TASK,
                    IntStream.range(0, 60)
                            .mapToObj(i -> COLOURS.get(i % 3) + i % 7 + " v" + i)
                            .map(text ->
                                    teaching(text, alone.predict(text).label().orElseThrow()))
                            .toList());
            TaskId judge = new TaskId("judge");
            Task plain = School.task(Kind.CLASSIFICATION, InputKind.TEXT);
            alone.teacher()
                    .define(new Task(
                            judge,
                            plain.kind(),
                            plain.input(),
                            "",
                            plain.labels(),
                            plain.scoreRange(),
                            plain.policy()));
            alone.teacher()
                    .teach(
                            judge,
                            IntStream.range(0, 40)
                                    .mapToObj(i -> teaching("text " + i, "same"))
                                    .toList(),
                            Optional.empty(),
                            none -> {
                                throw new AssertionError("no key was sent");
                            });
            Ensemble before = alone.ensemble();
            RefreshJob job = new RefreshJob(
                    refreshable(new Fixed(blind(), true)),
                    new Members(alone.encoders(), new LiveGraphs()),
                    alone.store(),
                    alone.examiner(),
                    new RefreshJob.Adopting(
                            alone.teacher()::adopt,
                            new JobGate(gate.keeper(), alone.teacher().insight()::serving)),
                    () -> BEGAN);

            JobWork.Outcome outcome = work(job, learn(List.of(judge)));

            assertThat(outcome.complete()).isTrue();
            assertThat(outcome.result())
                    .contains(
                            "\"promoted\":false",
                            "\"gates\":[{\"task\":\"task\",\"gate\":\"gate_1\",\"passed\":false}]",
                            "The gate of task task keeps it from serving");
            assertThat(alone.ensemble()).isSameAs(before);
            assertThat(alone.encoders().find("static").orElseThrow()).isSameAs(built);
            assertThat(shelf.pending).isNull();
            assertThat(alone.store().vectors(School.TASK, blind().info().digest()))
                    .isEmpty();
        }
    }

    @Test
    void candidateThatIsNoNearerToItsTeacher_isRejected() {
        JobWork.Outcome outcome = work(job(FakeTableEncoder.random(1), false), LEARN);

        assertThat(outcome.result()).contains("\"promoted\":false").contains("no nearer to its teacher");
        assertThat(shelf.pending).isNull();
    }

    @Test
    void onlyTheTasksThatAreNamed_judge_andOneThatIsGoneByThenCannot() {
        TaskId other = new TaskId("other");
        Task plain = School.task(Kind.CLASSIFICATION, InputKind.TEXT);
        school.teacher()
                .define(new Task(
                        other, plain.kind(), plain.input(), "", plain.labels(), plain.scoreRange(), plain.policy()));
        for (TaskId unfit : List.of(other, new TaskId("gone"))) {
            JobWork.Outcome outcome = work(job(blind(), true), learn(List.of(unfit)));

            assertThat(outcome.result())
                    .contains("\"promoted\":false", "None of the tasks that were to judge it", "\"tasks\":[]");
        }
        school.teacher()
                .teach(
                        other,
                        IntStream.range(0, 40)
                                .mapToObj(i -> teaching("text " + i, "same"))
                                .toList(),
                        Optional.empty(),
                        none -> {
                            throw new AssertionError("no key was sent");
                        });

        JobWork.Outcome outcome = work(job(blind(), true), learn(List.of(other)));

        assertThat(outcome.result()).contains("\"promoted\":true").contains("\"task\":\"other\"");
    }

    @Test
    void candidateThatTookTooLong_isRejected_andNothingChanges() {
        TableEncoder other = built.with(Map.of(511, new float[FakeTableEncoder.DIMENSION]));
        Instant last = BEGAN.plus(LEARN.longest());

        JobWork.Outcome outcome = work(job(new Fixed(other, true), last.plusMillis(1)), LEARN);

        assertThat(outcome.complete()).isTrue();
        assertThat(outcome.result()).contains("\"promoted\":false", "within max_minutes, 30;");
        assertThat(school.encoders().find("static").orElseThrow()).isSameAs(built);
        assertThat(shelf.pending).isNull();
        Instant early = last.minus(Duration.ofMinutes(20));
        assertThat(work(job(new Fixed(other, true), early), LEARN).result()).contains("\"promoted\":true");
    }

    @Test
    void order_isReadAsItWasWritten() {
        RefreshOrder order = new RefreshOrder(
                Aim.LEARN,
                RefreshOrder.AUTO,
                "contrast",
                List.of(School.TASK, new TaskId("other")),
                Duration.ofMinutes(7),
                -3);

        assertThat(RefreshOrder.of(order.toBytes())).isEqualTo(order);
        assertThat(RefreshOrder.of(RefreshOrder.goBack().toBytes())).isEqualTo(RefreshOrder.goBack());
    }

    @Test
    void cancelledRefresh_changesNothing() {
        JobWork.Outcome outcome = job(blind(), true).work(running(), LEARN.toBytes(), new SilentProgress() {
            @Override
            public boolean mayGoOn() {
                return false;
            }
        });

        assertThat(outcome.complete()).isFalse();
        assertThat(outcome.result()).contains("\"promoted\":false");
        assertThat(school.encoders().find("static").orElseThrow()).isSameAs(built);
    }

    @Test
    void promotionThatWasCutOff_goesOnWithWhatIsKept_andLearnsNothingAnew() {
        TableEncoder other = built.with(Map.of(511, new float[FakeTableEncoder.DIMENSION]));
        shelf.keep("job_1", other, "{\"kept\":true}");
        Refresher none = new Fixed(other, true) {
            @Override
            public Candidate learn(Encoder serving, long seed) {
                throw new AssertionError("the sample is gone");
            }
        };

        JobWork.Outcome outcome = work(job(none), LEARN);

        assertThat(outcome.result()).contains("\"promoted\":true").contains("\"kept\":true");
        assertThat(shelf.confirmed).isEqualTo("job_1");
    }

    @Test
    void goingBack_givesTheSameHeadsAndAnswersAsBefore() {
        String digest = school.digest();
        List<Prediction> before = answers();
        work(job(FakeTableEncoder.random(1).with(Map.of(5, new float[FakeTableEncoder.DIMENSION])), true), LEARN);
        assertThat(school.digest()).isNotEqualTo(digest);

        JobWork.Outcome outcome = work(job(built, true), RefreshOrder.goBack());

        assertThat(outcome.result()).contains(built.info().digest());
        assertThat(school.digest()).isEqualTo(digest);
        assertThat(answers()).isEqualTo(before);
        assertThat(shelf.confirmed).isNull();
    }

    @Test
    void candidateOfAJobThatWasEnded_doesNotComeToServe() {
        RefreshJob job = new RefreshJob(
                refreshable(new Fixed(blind(), true)),
                members,
                school.store(),
                examiner(),
                new RefreshJob.Adopting(school.teacher()::adopt, JobGate.OPEN),
                () -> BEGAN);
        school.teacher().remove(School.TASK);
        List<Encoder> before = school.encoders().ready();

        assertThatThrownBy(() -> job.work(running(), LEARN.toBytes(), new SilentProgress() {
                    @Override
                    public boolean isEnded() {
                        return true;
                    }
                }))
                .isInstanceOf(JobProgress.JobStopped.class);

        assertThat(school.encoders().ready()).isEqualTo(before);
    }

    @Test
    void failedAdoption_leavesNothingForTheNextStart_unlessItServes() {
        RefreshJob.Adopting adopt = new RefreshJob.Adopting(
                (encoder, admittance) -> {
                    throw new IllegalStateException("one task cannot be learnt");
                },
                JobGate.OPEN);
        RefreshJob job = new RefreshJob(
                refreshable(new Fixed(blind(), true)), members, school.store(), examiner(), adopt, () -> BEGAN);
        school.teacher().remove(School.TASK);
        assertThatThrownBy(() -> work(job, LEARN)).isInstanceOf(IllegalStateException.class);

        job.giveUp(running(), LEARN.toBytes());
        assertThat(shelf.pending).isNull();

        shelf.keep("job_1", blind(), "{}");
        school.encoders().add(blind());
        job.giveUp(running(), LEARN.toBytes());
        assertThat(shelf.confirmed).isEqualTo("job_1");
    }

    @Test
    void promotionThatWasCutOffAndCancelled_leavesNothing() {
        shelf.keep("job_1", blind(), "{}");

        job(blind(), true).abandon(running(), LEARN.toBytes());

        assertThat(shelf.pending).isNull();
    }

    @Test
    void failedGoingBack_isFoundByTheNextStart_ifWhatWasBuiltServes() {
        byte[] goBack = RefreshOrder.goBack().toBytes();
        work(job(built.with(Map.of(511, new float[FakeTableEncoder.DIMENSION])), true), LEARN);
        RefreshJob job = job(built, true);

        job.giveUp(running(), goBack);
        assertThat(shelf.confirmed).as("the refreshed one serves").isEqualTo("job_1");

        school.encoders().add(built);
        job.giveUp(running(), goBack);
        assertThat(shelf.confirmed).as("what was built serves").isNull();
    }

    @Test
    void refreshOfTheTable_comesNearerToTheTeacher_fromQuestionsThatWereNotTaught() {
        AskedQuestions asked = asked(300);
        StaticRefresher refresher =
                new StaticRefresher(asked, school.encoders(), school.store(), ForkJoinPool.commonPool());

        Refresher.Candidate candidate = refresher.learn(built, 0);

        assertThat(candidate.isBetter()).isTrue();
        assertThat(candidate.report()).contains("\"texts\":270,\"held_out\":30");
    }

    @Test
    void questionsThatWereTaughtAsWell_areNotLearntFrom() {
        AskedQuestions asked = asked(220);
        school.teach(IntStream.range(0, 60)
                .mapToObj(i -> teaching(question(i), "red"))
                .toList());
        StaticRefresher refresher =
                new StaticRefresher(asked, school.encoders(), school.store(), ForkJoinPool.commonPool());

        assertThatThrownBy(() -> refresher.learn(built, 0))
                .isInstanceOf(Refusal.Conflict.class)
                .hasMessageContaining("there are 160");
    }

    @Test
    void evidence_isAskedFor() {
        AskedQuestions none = new AskedQuestions("teacher", built, 0, 1);
        assertThatThrownBy(() -> new StaticRefresher(none, school.encoders(), school.store(), ForkJoinPool.commonPool())
                        .requireEvidence())
                .isInstanceOf(Refusal.Conflict.class)
                .hasMessageContaining("perennial.static.sample-size");
        assertThatThrownBy(() -> new StaticRefresher(
                                asked(20), school.encoders(), school.store(), ForkJoinPool.commonPool())
                        .requireEvidence())
                .isInstanceOf(Refusal.Conflict.class)
                .hasMessageContaining("200")
                .hasMessageContaining("there are 20");
        new StaticRefresher(asked(200), school.encoders(), school.store(), ForkJoinPool.commonPool()).requireEvidence();
    }

    @Test
    void evidenceThatCannotCome_becauseTheTeacherDoesNotServe_isNotWaitedFor() {
        try (School without = School.open(School.SMALL, List.of(built))) {
            assertThatThrownBy(() -> new StaticRefresher(
                                    asked(20), without.encoders(), without.store(), ForkJoinPool.commonPool())
                            .requireEvidence())
                    .isInstanceOf(Refusal.Conflict.class)
                    .hasMessageContaining("teacher, does not serve")
                    .hasMessageContaining("perennial.members.bundled");
        }
    }

    private static RefreshOrder learn(List<TaskId> tasks) {
        return new RefreshOrder(Aim.LEARN, RefreshOrder.AUTO, RefreshOrder.AUTO, tasks, Duration.ofMinutes(30), 0);
    }

    private AskedQuestions asked(int count) {
        AskedQuestions asked = new AskedQuestions("teacher", built, 1000, 1);
        Encoder teacher = new FakeEncoder("teacher");
        List<Passage> questions =
                IntStream.range(0, count).mapToObj(i -> Passage.of(question(i))).toList();
        asked.read(teacher, questions, teacher.encode(questions));
        return asked;
    }

    private static String question(int i) {
        return "q" + i % 23 + " r" + i / 23 + " s" + i % 5;
    }

    /** Tells no word from another. */
    private TableEncoder blind() {
        Map<Integer, float[]> same = new HashMap<>();
        for (int piece = 0; piece < FakeTableEncoder.ROWS; piece++) {
            same.put(piece, built.row(0));
        }
        return built.with(same);
    }

    private List<Prediction> answers() {
        return school.predict(List.of(Input.of(new Text("red1 w7")), Input.of(new Text("blue3 unknown"))), Mode.FAST);
    }

    private RefreshJob job(TableEncoder candidate, boolean better) {
        return job(new Fixed(candidate, better));
    }

    private RefreshJob job(Refresher refresher) {
        return job(refresher, BEGAN);
    }

    private RefreshJob job(Refresher refresher, Instant now) {
        return new RefreshJob(
                refreshable(refresher),
                members,
                school.store(),
                examiner(),
                new RefreshJob.Adopting(school.teacher()::adopt, JobGate.OPEN),
                () -> now);
    }

    private Refreshable refreshable(Refresher refresher) {
        return new Refreshable("static", refresher, shelf);
    }

    private Examiner examiner() {
        return school.examiner();
    }

    private static JobWork.Outcome work(RefreshJob job, RefreshOrder order) {
        return job.work(running(), order.toBytes(), new SilentProgress());
    }

    private static Job running() {
        return RunningJob.of("job_1", RefreshJob.KIND, "static", BEGAN);
    }

    /** Learns always the same. */
    private static class Fixed implements Refresher {
        private final TableEncoder candidate;
        private final boolean better;

        Fixed(TableEncoder candidate, boolean better) {
            this.candidate = candidate;
            this.better = better;
        }

        @Override
        public void requireEvidence() {}

        @Override
        public Candidate learn(Encoder serving, long seed) {
            return new Candidate(candidate, better, "{}");
        }
    }

    private final class Shelf implements CandidateShelf {
        private String pending;
        private String confirmed;
        private Kept kept;

        @Override
        public Kept keep(String job, Encoder candidate, String report) {
            pending = job;
            kept = new Kept(candidate, report);
            return kept;
        }

        @Override
        public Optional<Kept> kept(String job) {
            return job.equals(pending) ? Optional.of(kept) : Optional.empty();
        }

        @Override
        public void confirm(String job) {
            confirmed = job;
        }

        @Override
        public void discard(String job) {
            if (job.equals(pending)) {
                pending = null;
            }
        }

        @Override
        public void retain(Set<String> jobs) {}

        @Override
        public Encoder built() {
            return built;
        }

        @Override
        public void forget() {
            confirmed = null;
        }
    }
}
