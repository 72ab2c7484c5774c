// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static dev.perennial.learn.School.TASK;
import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.perennial.encode.EmbeddingCache;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.EncodingObserver;
import dev.perennial.ensemble.Mode;
import dev.perennial.evaluate.SuiteAccuracyStore.Asked;
import dev.perennial.evaluate.SuiteAccuracyStore.Step;
import dev.perennial.learn.School;
import dev.perennial.store.SqlSuiteAccuracyStore;
import dev.perennial.store.SqlSuiteStore;
import dev.perennial.store.SqlTaskStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SuiteRecorderTest {
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final List<Teaching> ROWS =
            List.of(teaching("card card", "card"), teaching("rain rain", "weather"), teaching("sun", "nothing known"));

    @TempDir
    private Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private SqliteDatabase database;
    private SuiteStore suites;
    private SuiteAccuracyStore accuracies;
    private School school;
    private SuiteRecorder recorder;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        suites = new SqlSuiteStore(database, now::get);
        accuracies = new SqlSuiteAccuracyStore(database);
        school = School.on(new SqlTaskStore(database, now::get), School.SMALL);
        recorder = recorder(QUIET);
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "card", "weather"));
    }

    private SuiteRecorder recorder(Duration quiet) {
        EncoderPool pool = new EncoderPool(1, 10_000_000, new EmbeddingCache(1 << 20), EncodingObserver.NONE);
        return new SuiteRecorder(
                new SuiteRecorder.Ports(suites, accuracies, now::get, quiet),
                school.active(),
                new Encoders(pool, List.of()));
    }

    @AfterEach
    void close() {
        recorder.close();
        school.close();
        database.close();
    }

    private void lookAfter(Duration pause) {
        now.updateAndGet(before -> before.plus(pause));
        recorder.look();
    }

    private void teach(int number) {
        school.teach(teaching("my card " + number, "card"), teaching("the rain " + number, "weather"));
    }

    private List<Asked> recorded() {
        return accuracies.latest(List.of(TASK), 99).stream().map(Step::asked).toList();
    }

    @Test
    void clockThatIsPutBack_putsNothingOff() {
        teach(1);
        suites.put(TASK, ROWS);

        recorder.look();
        lookAfter(Duration.ofHours(-1));

        assertThat(recorded()).hasSize(1);
    }

    @Test
    void aStoredSuite_isAskedWhenTheTaskWasLeftAlone_andNotAgain() {
        teach(1);
        String digest = suites.put(TASK, ROWS).suite().digest();

        recorder.look();
        lookAfter(QUIET.minusMillis(1));
        assertThat(recorded()).isEmpty();
        lookAfter(Duration.ofMillis(1));

        double accuracy =
                Evaluator.outcomes(new EnsembleAnswers(school.ensemble(), school.predictor()), ROWS, Mode.AUTO).stream()
                        .mapToDouble(RowOutcome::right)
                        .average()
                        .orElseThrow();
        assertThat(accuracy).isGreaterThan(0).isLessThan(1);
        assertThat(recorded()).singleElement().satisfies(asked -> {
            assertThat(asked.revision()).isEqualTo(school.ensemble().answerRevision());
            assertThat(asked.suite()).isEqualTo(digest);
            assertThat(asked.rows()).isEqualTo(3);
            assertThat(asked.examples()).isEqualTo(2);
            assertThat(asked.accuracy()).isCloseTo(accuracy, within(1e-12));
            assertThat(asked.recordedAt()).isEqualTo(now.get());
        });

        lookAfter(QUIET);
        lookAfter(QUIET);
        assertThat(recorded()).hasSize(1);
    }

    @Test
    void teachingsThatFollowQuickly_areOneStep_andLaterOnesAnother() {
        suites.put(TASK, ROWS);
        for (int i = 0; i < 4; i++) {
            teach(i);
            lookAfter(QUIET.minusSeconds(1));
        }
        assertThat(recorded()).isEmpty();
        lookAfter(QUIET);
        teach(9);
        recorder.look();
        lookAfter(QUIET);

        assertThat(recorded()).extracting(Asked::examples).containsExactly(8L, 10L);
    }

    @Test
    void aTaskThatIsTaughtAllTheTime_isAskedAllTheSame() {
        suites.put(TASK, ROWS);
        for (int i = 0; i <= 12; i++) {
            teach(i);
            lookAfter(QUIET.dividedBy(2));
        }

        assertThat(recorded()).hasSize(1);
    }

    @Test
    void anotherStart_asksOnlyWhatHasChanged() {
        teach(1);
        suites.put(TASK, ROWS);
        recorder.look();
        lookAfter(QUIET);
        recorder.close();
        recorder = recorder(QUIET);

        recorder.look();
        lookAfter(QUIET);
        assertThat(recorded()).hasSize(1);

        teach(2);
        recorder.look();
        lookAfter(QUIET);
        assertThat(recorded()).hasSize(2);
    }

    @Test
    void anotherSuite_isAskedByTheSameRevision() {
        teach(1);
        suites.put(TASK, ROWS);
        recorder.look();
        lookAfter(QUIET);

        String digest = suites.put(TASK, ROWS.subList(0, 2)).suite().digest();
        recorder.look();
        lookAfter(QUIET);

        assertThat(recorded()).extracting(Asked::suite).containsExactly(digest);
    }

    /** A task without examples may become one of another kind, to which its suite does not fit. */
    @Test
    void aSuiteThatCannotBeAsked_isTriedAgainLaterAndLater() {
        Input pair = Input.of(new Text("card"), new Text("cards"));
        suites.put(TASK, List.of(Teaching.of(pair, new Answer.OneLabel("card"))));
        recorder.look();
        lookAfter(QUIET);
        assertThat(recorded()).isEmpty();

        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.PAIR, "card", "weather"));
        recorder.look();
        lookAfter(QUIET);
        assertThat(recorded()).hasSize(1);
    }

    @Test
    void looksByItself_untilItIsClosed() {
        recorder.close();
        recorder = recorder(Duration.ZERO);
        recorder.begin();
        teach(1);
        suites.put(TASK, ROWS);
        await().untilAsserted(() -> assertThat(recorded()).isNotEmpty());

        recorder.close();
        int before = recorded().size();
        teach(2);

        assertThat(recorded()).hasSize(before);
    }

    @Test
    void goesOn_whenTheStoreFailedOnce() {
        recorder.close();
        SuiteAccuracyStore failing = new FailingOnce(accuracies);
        EncoderPool pool = new EncoderPool(1, 10_000_000);
        recorder = new SuiteRecorder(
                new SuiteRecorder.Ports(suites, failing, now::get, Duration.ZERO),
                school.active(),
                new Encoders(pool, List.of()));
        recorder.begin();
        teach(1);
        suites.put(TASK, ROWS);

        await().untilAsserted(() -> assertThat(recorded()).isNotEmpty());
    }

    /** Fails when it is first looked at and when it first keeps something. */
    private static final class FailingOnce implements SuiteAccuracyStore {
        private final SuiteAccuracyStore store;
        private boolean looked;
        private boolean kept;

        FailingOnce(SuiteAccuracyStore store) {
            this.store = store;
        }

        @Override
        public synchronized boolean keep(Asked asked, int most) {
            if (!kept) {
                kept = true;
                throw new IllegalStateException("cannot keep");
            }
            return store.keep(asked, most);
        }

        @Override
        public synchronized List<Stored> suites() {
            if (!looked) {
                looked = true;
                throw new IllegalStateException("cannot be read");
            }
            return store.suites();
        }

        @Override
        public List<Step> latest(Collection<TaskId> tasks, int limit) {
            return store.latest(tasks, limit);
        }

        @Override
        public Past past(TaskId task, long step) {
            return store.past(task, step);
        }
    }
}
