// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import static dev.perennial.learn.School.TASK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.evaluate.Suite;
import dev.perennial.evaluate.SuiteAccuracyStore;
import dev.perennial.evaluate.SuiteStore;
import dev.perennial.learn.School;
import dev.perennial.shadow.Apprenticeship.Bar;
import dev.perennial.shadow.Apprenticeship.Marks;
import dev.perennial.shadow.ShadowCourse.State;
import dev.perennial.store.SqlSuiteAccuracyStore;
import dev.perennial.store.SqlSuiteStore;
import dev.perennial.store.SqlTaskStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ApprenticesTest {
    private static final long PATIENCE_MILLIS = 10_000;
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    private static final RevisionId BY = new RevisionId(10);

    @TempDir
    private Path directory;

    private SqliteDatabase database;
    private School school;
    private MemoryApprenticeshipStore store;
    private SuiteAccuracyStore accuracies;
    private Apprentices apprentices;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        school = School.on(new SqlTaskStore(database, CLOCK), School.SMALL);
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "red", "green"));
        store = new MemoryApprenticeshipStore(school.store());
        accuracies = new SqlSuiteAccuracyStore(database);
        apprentices = apprentices();
    }

    private Apprentices apprentices() {
        return new Apprentices(
                new Apprentices.Ports(store, accuracies, new SqlSuiteStore(database, CLOCK), school.active(), CLOCK));
    }

    @AfterEach
    void close() {
        school.close();
        database.close();
    }

    private void judge(String id, boolean wasWrong) {
        apprentices.answered(TASK, BY, List.of(id));
        apprentices.judged(TASK, id, wasWrong, Optional.empty());
    }

    private Apprenticeship now() {
        return apprentices.find(TASK).orElseThrow();
    }

    @Test
    void feedback_endsItWhenItIsSurelyGoodEnough() {
        assertThat(apprentices.begin(TASK, new Bar(0.6, 8, false))).isTrue();
        for (int i = 0; i < 7; i++) {
            judge("pr_" + i, false);
        }
        assertThat(apprentices.isApprentice(TASK)).isTrue();
        assertThat(now().marks()).isEqualTo(new Marks(7, 7, 7));
        judge("pr_7", false);

        assertThat(apprentices.isApprentice(TASK)).isFalse();
        assertThat(now().state()).isEqualTo(State.PROMOTED);
        assertThat(now().marks()).isEqualTo(new Marks(8, 8, 8));
    }

    @Test
    void feedback_countsOnceAndOnlyOnSilentAnswers() {
        apprentices.begin(TASK, new Bar(0.7, 2, false));
        judge("pr_1", true);
        apprentices.judged(TASK, "pr_1", false, Optional.empty());
        apprentices.judged(TASK, "pr_never", false, Optional.empty());

        assertThat(now().marks()).isEqualTo(new Marks(1, 1, 0));
        assertThat(now().surely()).isZero();
    }

    @Test
    void anotherBar_goesOnWithWhatWasCounted() {
        apprentices.begin(TASK, new Bar(0.9, 30, false));
        judge("pr_1", false);

        assertThat(apprentices.begin(TASK, new Bar(0.9, 30, false))).isFalse();
        assertThat(apprentices.begin(TASK, new Bar(0.2, 3, false))).isFalse();
        judge("pr_2", false);
        assertThat(apprentices.isApprentice(TASK)).isTrue();
        judge("pr_3", false);
        assertThat(now().state()).isEqualTo(State.PROMOTED);
    }

    @Test
    void suite_endsIt_whenTheGateIsAsked_andThePresentAnswersReachTheBar() {
        String suite = new SqlSuiteStore(database, CLOCK)
                .put(TASK, List.of(School.teaching("a red thing", "red")))
                .suite()
                .digest();
        RevisionId serving = school.ensemble().answerRevision();
        apprentices.begin(TASK, new Bar(0.9, 30, false));
        keep(serving, suite, 1.0);
        apprentices.lookAfter();
        assertThat(apprentices.isApprentice(TASK)).isTrue();

        apprentices.begin(TASK, new Bar(0.9, 30, true));
        keep(serving, suite, 0.9);
        apprentices.lookAfter();
        assertThat(apprentices.isApprentice(TASK)).isTrue();
        keep(new RevisionId(serving.number() + 1), suite, 1.0);
        apprentices.lookAfter();
        assertThat(apprentices.isApprentice(TASK)).isTrue();
        keep(serving, suite, 1.0);
        apprentices.lookAfter();
        assertThat(apprentices.isApprentice(TASK)).isFalse();
        assertThat(now().reason().orElseThrow()).contains("suite");
    }

    @Test
    void rowsOfTheSuiteThatWereTaught_tellNothing() {
        List<Teaching> rows = IntStream.range(0, 100)
                .mapToObj(i -> School.teaching("thing " + i, i % 2 == 0 ? "red" : "green"))
                .toList();
        String suite =
                new SqlSuiteStore(database, CLOCK).put(TASK, rows).suite().digest();
        school.teach(rows.subList(0, 80));
        apprentices.begin(TASK, new Bar(0.7, 30, true));
        keep(school.ensemble().answerRevision(), suite, 1.0);
        apprentices.lookAfter();
        assertThat(apprentices.isApprentice(TASK)).as("20 of 20 are not 30").isTrue();

        apprentices.begin(TASK, new Bar(0.7, 20, true));
        apprentices.lookAfter();
        assertThat(apprentices.isApprentice(TASK)).isFalse();
    }

    private void keep(RevisionId revision, String suite, double accuracy) {
        assertThat(accuracies.keep(
                        new SuiteAccuracyStore.Asked(TASK, revision, suite, 100, 5, accuracy, Instant.EPOCH), 99))
                .isTrue();
    }

    @Test
    void endByHand_answersAloud_andItCanBeginAnew() {
        apprentices.begin(TASK, new Bar(0.9, 30, false));
        judge("pr_1", false);
        apprentices.end(TASK);
        apprentices.end(TASK);

        assertThat(now().state()).isEqualTo(State.ENDED);
        assertThat(apprentices.begin(TASK, new Bar(0.9, 30, false))).isTrue();
        assertThat(now().marks()).isEqualTo(Marks.NONE);
    }

    @Test
    void restart_goesOnWithWhatWasCounted() {
        apprentices.begin(TASK, new Bar(0.9, 30, false));
        judge("pr_1", false);
        apprentices.lookAfter();

        apprentices = apprentices();
        assertThat(apprentices.isApprentice(TASK)).isFalse();
        apprentices.restore();
        assertThat(apprentices.isApprentice(TASK)).isTrue();
        assertThat(now().marks()).isEqualTo(new Marks(1, 1, 1));
    }

    @Test
    void restart_feedbackJudgesWhatWasAnsweredSilentlyBefore() {
        apprentices.begin(TASK, new Bar(0.9, 30, false));
        apprentices.answered(TASK, BY, List.of("pr_1"));
        apprentices.keepAll();
        apprentices = apprentices();
        apprentices.restore();

        apprentices.judged(TASK, "pr_1", false, Optional.of(Instant.EPOCH));
        assertThat(now().marks()).isEqualTo(new Marks(1, 1, 1));
        apprentices.judged(TASK, "pr_1", false, Optional.empty());
        apprentices.judged(TASK, "pr_0", false, Optional.of(Instant.EPOCH.minusMillis(1)));
        assertThat(now().marks()).as("said again, or of before it began").isEqualTo(new Marks(1, 1, 1));
    }

    @Test
    void suite_isReadOnceForWhatServes() {
        AtomicInteger reads = new AtomicInteger();
        SuiteStore suites = new SqlSuiteStore(database, CLOCK);
        SuiteStore counting = new SuiteStore() {
            @Override
            public Placed put(TaskId task, List<Teaching> rows) {
                return suites.put(task, rows);
            }

            @Override
            public Optional<Suite> suite(TaskId task) {
                return suites.suite(task);
            }

            @Override
            public List<Suite.Row> rows(TaskId task, long from, int limit) {
                reads.incrementAndGet();
                return suites.rows(task, from, limit);
            }

            @Override
            public Optional<RevisionId> remove(TaskId task) {
                return suites.remove(task);
            }
        };
        apprentices = new Apprentices(new Apprentices.Ports(store, accuracies, counting, school.active(), CLOCK));
        List<Teaching> rows = List.of(School.teaching("thing", "red"));
        keep(school.ensemble().answerRevision(), suites.put(TASK, rows).suite().digest(), 0.5);
        apprentices.begin(TASK, new Bar(0.9, 30, true));
        lookTwice();
        assertThat(reads.get()).isEqualTo(1);

        school.teach(School.teaching("another thing", "green"));
        keep(
                school.ensemble().answerRevision(),
                suites.suite(TASK).orElseThrow().digest(),
                0.5);
        lookTwice();
        assertThat(reads.get()).as("the task has changed").isEqualTo(2);

        List<Teaching> others = List.of(School.teaching("other thing", "red"));
        keep(
                school.ensemble().answerRevision(),
                suites.put(TASK, others).suite().digest(),
                0.5);
        lookTwice();
        assertThat(reads.get()).as("the suite has changed").isEqualTo(3);
    }

    private void lookTwice() {
        apprentices.lookAfter();
        apprentices.lookAfter();
    }

    @Test
    void nobodyWhoAnswersWaits_whileCountsAreWritten() {
        apprentices.begin(TASK, new Bar(0.9, 30, false));
        judge("pr_1", false);
        store.beforeKeeping(() -> {
            Thread answering = new Thread(() -> judge("pr_2", false));
            answering.start();
            try {
                answering.join(PATIENCE_MILLIS);
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
            assertThat(answering.isAlive()).as("waits for the store").isFalse();
        });
        apprentices.keepAll();
        store.beforeKeeping(() -> {});

        assertThat(store.find(TASK).orElseThrow().marks()).isEqualTo(new Marks(1, 1, 1));
        assertThat(now().marks()).isEqualTo(new Marks(2, 2, 2));
        apprentices.keepAll();
        assertThat(store.find(TASK).orElseThrow().marks()).isEqualTo(new Marks(2, 2, 2));
    }

    @Test
    void keepingOne_failsForItAlone() {
        TaskId other = new TaskId("other");
        Task plain = School.task(Kind.CLASSIFICATION, InputKind.TEXT, "red", "green");
        school.teacher()
                .define(new Task(
                        other, plain.kind(), plain.input(), "", plain.labels(), plain.scoreRange(), plain.policy()));
        List<TaskId> both = List.of(TASK, other);
        both.forEach(task -> apprentices.begin(task, new Bar(0.9, 30, false)));
        for (int i = 0; i < 2; i++) {
            String id = "pr_" + i;
            both.forEach(task -> apprentices.answered(task, BY, List.of(id)));
            store.refuse(both.get(i));
            apprentices.keepAll();
        }

        assertThat(both)
                .extracting(task -> store.find(task).orElseThrow().marks().answers())
                .containsExactly(2L, 1L);
    }

    @Test
    void removingTheTask_endsItWithoutTrace() {
        apprentices.begin(TASK, new Bar(0.9, 30, false));
        school.teacher().remove(TASK);
        apprentices.erased(TASK);

        assertThat(apprentices.isApprentice(TASK)).isFalse();
        assertThat(apprentices.find(TASK)).isEmpty();
    }

    /** Its last answers are given as the others were, and count for nobody. */
    @Test
    void taskThatIsReplaced_isSilentAsItWas_andItsSuccessorAsItIsTold() {
        RevisionId next = new RevisionId(12);
        apprentices.begin(TASK, new Bar(0.6, 8, false));
        judge("pr_1", false);

        apprentices.gone(TASK, BY);
        apprentices.arrived(TASK, Optional.empty(), Instant.EPOCH);
        assertThat(apprentices.isSilent(TASK, BY)).isTrue();
        assertThat(apprentices.isSilent(TASK, next)).isFalse();

        apprentices.gone(TASK, next);
        apprentices.arrived(TASK, Optional.of(new Bar(0.7, 9, true)), Instant.EPOCH);
        assertThat(apprentices.isSilent(TASK, next)).isFalse();
        assertThat(apprentices.isSilent(TASK, new RevisionId(13))).isTrue();
        judge("pr_2", false);
        assertThat(now().marks()).isEqualTo(Apprenticeship.Marks.NONE);
        assertThat(now().bar()).isEqualTo(new Bar(0.7, 9, true));
    }

    @Test
    void whatIsStored_isKnown_whenNobodyCouldTell() {
        store.put(Apprenticeship.begun(TASK, new Bar(0.6, 8, false), Instant.EPOCH));
        assertThat(apprentices.isApprentice(TASK)).isFalse();

        apprentices.erased(TASK);

        assertThat(apprentices.isApprentice(TASK)).isTrue();
    }
}
