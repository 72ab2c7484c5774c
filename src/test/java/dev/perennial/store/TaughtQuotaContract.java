// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refresh.EvaluationJob;
import dev.perennial.refresh.ImportJob;
import dev.perennial.refresh.Job;
import dev.perennial.refresh.TeachingJob;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Origin;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How every database keeps to the number of examples that may be taught in a day. */
abstract class TaughtQuotaContract {
    private static final TaskId TASK = new TaskId("banking");
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final AtomicReference<Origin> origin = new AtomicReference<>(Origin.SERVICE);
    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    private Database database;
    private SqlTaskStore tasks;
    private int texts;

    /** The same database at every call, opened anew. */
    protected abstract Database reopen(Supplier<Origin> origins);

    @BeforeEach
    void define() {
        open();
        tasks.define(
                new Task(TASK, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
        by("key_a", 10);
    }

    @Test
    void examplesOfADay_areAsManyAsAllowed_andNothingOfWhatIsRefusedIsTaught() {
        teach(7);
        assertThatThrownBy(() -> teach(4)).isInstanceOfSatisfying(Refusal.QuotaExceeded.class, refused -> {
            assertThat(refused).hasMessageContaining("At most 10 examples a day");
            assertThat(refused).hasMessageContaining("3 are left").hasMessageContaining("the request has 4");
            assertThat(refused.limit()).isEqualTo(10);
            assertThat(refused.retryAfterSeconds()).isEqualTo(12 * 3_600 + 1);
        });
        assertThat(tasks.examples(TASK)).hasSize(7);
        teach(3);
        assertThat(tasks.examples(TASK)).hasSize(10);
        assertThatThrownBy(() -> teach(1)).isInstanceOf(Refusal.QuotaExceeded.class);
    }

    @Test
    void whatWouldBeRefused_canBeAskedBefore_andIsNotCounted() {
        teach(7);
        for (int i = 0; i < 3; i++) {
            tasks.requireTeachable(3);
        }
        assertThatThrownBy(() -> tasks.requireTeachable(4)).isInstanceOf(Refusal.QuotaExceeded.class);
        teach(3);
        origin.set(Origin.SERVICE);
        tasks.requireTeachable(1_000);
    }

    @Test
    void count_isOfEachActor_andNobodyElseIsCounted() {
        teach(10);
        by("key_b", 10);
        teach(10);
        origin.set(new Origin("key_a", Optional.empty()));
        teach(100);
        origin.set(Origin.SERVICE);
        teach(100);
        by("key_b", 11);
        teach(1);
        by("key_b", 5);
        assertThatThrownBy(() -> teach(1)).hasMessageContaining(" 0 are left");
    }

    @Test
    void count_outlivesTheProcess_andEndsAtMidnight() {
        teach(10);
        database.close();
        open();
        assertThatThrownBy(() -> teach(1)).isInstanceOf(Refusal.QuotaExceeded.class);
        now.set(Instant.parse("2026-03-01T23:59:59.999Z"));
        assertThatThrownBy(() -> teach(1))
                .isInstanceOfSatisfying(
                        Refusal.QuotaExceeded.class,
                        refused -> assertThat(refused.retryAfterSeconds()).isEqualTo(1));
        now.set(Instant.parse("2026-03-02T00:00:00Z"));
        teach(10);
        assertThatThrownBy(() -> teach(1)).isInstanceOf(Refusal.QuotaExceeded.class);
    }

    @Test
    void clockThatIsSetBack_beginsNoNewDay() {
        now.set(Instant.parse("2026-03-02T00:10:00Z"));
        teach(10);
        now.set(Instant.parse("2026-03-01T23:10:00Z"));
        assertThatThrownBy(() -> teach(1))
                .isInstanceOfSatisfying(
                        Refusal.QuotaExceeded.class,
                        refused -> assertThat(refused.retryAfterSeconds()).isEqualTo(24 * 3_600 + 50 * 60 + 1));
    }

    @Test
    void clockThatIsSetBackOverMidnight_beginsNoNewDayForWhoeverTaughtBefore() {
        teach(10);
        now.set(Instant.parse("2026-03-02T00:10:00Z"));
        by("key_b", 10);
        teach(1);
        now.set(Instant.parse("2026-03-01T23:10:00Z"));
        by("key_a", 10);
        assertThatThrownBy(() -> teach(1)).isInstanceOf(Refusal.QuotaExceeded.class);
    }

    @Test
    void repeatedRequest_isNotCountedTwice_andNoneThatFails() {
        Idempotency once = new Idempotency("POST /v1/tasks/banking/examples k", "d");
        teach(6, Optional.of(once));
        assertThatThrownBy(() -> teach(6, Optional.of(once))).isInstanceOf(Refusal.InProgress.class);
        assertThatThrownBy(() -> tasks.teach(
                        new TaskId("none"), examples(4), Optional.empty(), taught -> new Idempotency.Reply(200, "")))
                .isInstanceOf(Refusal.NotFound.class);
        teach(4);
    }

    @Test
    void jobThatTeaches_isCountedWhenItIsAccepted_andNoOtherJob() {
        SqlJobStore jobs = new SqlJobStore(database, now::get);
        jobs.accept(job(1, EvaluationJob.KIND, 100), new byte[0], Optional.empty());
        jobs.accept(job(2, TeachingJob.KIND, 6), new byte[0], Optional.empty());
        assertThatThrownBy(() -> jobs.accept(job(3, ImportJob.KIND, 5), new byte[0], Optional.empty()))
                .isInstanceOf(Refusal.QuotaExceeded.class);
        assertThat(jobs.job("job_3")).isEmpty();
        jobs.accept(job(4, ImportJob.KIND, 4), new byte[0], Optional.empty());
        assertThatThrownBy(() -> teach(1)).isInstanceOf(Refusal.QuotaExceeded.class);
        origin.set(Origin.SERVICE);
        assertThatCode(() -> teach(6)).doesNotThrowAnyException();
    }

    @Test
    void candidate_isCountedAsWell() {
        teach(4);
        SqlRevisionStore revisions = new SqlRevisionStore(database, now::get);
        RevisionId serving = tasks.task(TASK).orElseThrow().revision();
        assertThatThrownBy(() -> revisions.stage(TASK, examples(7), Optional.empty(), serving))
                .isInstanceOf(Refusal.QuotaExceeded.class);
        revisions.stage(TASK, examples(6), Optional.empty(), serving);
        assertThatThrownBy(() -> teach(1)).isInstanceOf(Refusal.QuotaExceeded.class);
    }

    private void open() {
        database = reopen(origin::get);
        tasks = new SqlTaskStore(database, now::get);
    }

    private void by(String actor, int examplesPerDay) {
        origin.set(new Origin(actor, Optional.empty(), Optional.of(examplesPerDay)));
    }

    private void teach(int examples) {
        teach(examples, Optional.empty());
    }

    private void teach(int examples, Optional<Idempotency> idempotency) {
        tasks.teach(TASK, examples(examples), idempotency, taught -> new Idempotency.Reply(200, ""));
    }

    private List<EncodedTeaching> examples(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new EncodedTeaching(
                        new Teaching(
                                Input.of(new Text("text " + texts++)), new Answer.OneLabel("x"), Optional.empty(), 1),
                        Map.of()))
                .toList();
    }

    private Job job(int number, String kind, long examples) {
        return new Job(
                "job_" + number,
                kind,
                "banking",
                Job.Status.QUEUED,
                new Job.Progress(0, examples, "examples", ""),
                NOON,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
