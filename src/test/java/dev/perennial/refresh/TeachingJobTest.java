// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.perennial.refresh.Job.Status;
import dev.perennial.refusal.Refusal;
import dev.perennial.store.SqlJobStore;
import dev.perennial.store.SqlTaskStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.Answer;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.SourceName;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class TeachingJobTest {
    private static final TaskId TASK = new TaskId("t");

    @TempDir
    private Path directory;

    private SqliteDatabase database;
    private TaskStore store;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        store = new SqlTaskStore(database, InstantSource.system());
        store.define(
                new Task(TASK, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void payload_isReadAsItWasWritten() {
        List<Teaching> teachings = List.of(
                teaching(1),
                new Teaching(
                        Input.of(new Text("a \uD83D\uDE00"), new Text("b")),
                        new Answer.Labels(List.of("x", "y")),
                        Optional.of("id"),
                        0.5,
                        Optional.of(new SourceName("press"))),
                Teaching.of(Input.of(new Text("c")), new Answer.Score(-1.25)));
        TeachingPayload payload =
                new TeachingPayload(teachings, List.of(new TeachingPayload.Rejected(7, "is empty")), 9);

        assertThat(TeachingPayload.of(payload.toBytes())).isEqualTo(payload);
    }

    @Test
    void payload_ofTheReleaseWithoutSources_isRead() {
        byte[] bytes = new TeachingPayload(List.of(teaching(1)), List.of(), 0).toBytes();
        byte[] before = Arrays.copyOf(bytes, bytes.length - 1);
        before[0] = 1;

        assertThat(TeachingPayload.of(before).teachings()).containsExactly(teaching(1));
    }

    @Test
    void upload_isTaughtInBatchesAndReported() {
        AtomicInteger batches = new AtomicInteger();
        try (Jobs jobs = jobs(new TeachingJob(store, (id, teachings, idempotency, reply) -> {
            batches.incrementAndGet();
            return teach(id, teachings, idempotency, reply);
        }))) {
            Job ended = run(jobs, 450);

            assertThat(ended.status()).isEqualTo(Status.SUCCEEDED);
            assertThat(ended.result().orElseThrow())
                    .contains("\"taught\":449,\"duplicates\":1,\"rejected\":[{\"index\":9,\"detail\":\"is empty\"}]")
                    .contains("\"examples_total\":449");
            assertThat(batches).hasValue(3);
        }
    }

    @Test
    void processEndingAtAnyMoment_neitherRepeatsNorForgetsABatch() {
        for (int crash = 0; crash < 3; crash++) {
            TaskId task = new TaskId("t" + crash);
            store.define(new Task(
                    task, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
            AtomicInteger batches = new AtomicInteger();
            int at = crash;
            Jobs before = jobs(new TeachingJob(store, (id, teachings, idempotency, reply) -> {
                var outcome = teach(id, teachings, idempotency, reply);
                if (batches.getAndIncrement() == at) {
                    throw new JobProgress.JobStopped();
                }
                return outcome;
            }));
            Job job = before.accept(TeachingJob.order(task, payload(450)), one -> Optional.empty());
            await().until(() -> before.unfinishedByStatus().isEmpty());
            before.close();

            try (Jobs after = jobs(new TeachingJob(store, this::teach))) {
                after.resume();
                Job ended = await().until(
                                () -> after.job(job.id()), one -> one.status().isFinal());

                assertThat(ended.result().orElseThrow())
                        .contains("\"taught\":449,\"duplicates\":1,")
                        .contains("\"examples_total\":449");
            }
        }
    }

    @Test
    void cancel_keepsWhatWasTaughtAndSaysSo() {
        List<String> id = new ArrayList<>();
        List<Jobs> running = new ArrayList<>();
        try (Jobs jobs = jobs(new TeachingJob(store, (task, teachings, idempotency, reply) -> {
            running.get(0).cancel(id.get(0));
            return teach(task, teachings, idempotency, reply);
        }))) {
            running.add(jobs);
            synchronized (jobs) {
                id.add(String.format("job_%08d", IDS.get() + 1));
            }
            Job ended = run(jobs, 450);

            assertThat(ended.status()).isEqualTo(Status.CANCELLED);
            assertThat(ended.progress().done()).isEqualTo(200);
            assertThat(ended.result().orElseThrow()).contains("\"taught\":199,");
            assertThat(store.task(TASK).orElseThrow().examples()).isEqualTo(199);
        }
    }

    @Test
    void failure_saysWhatWasTaughtUntilThen() {
        AtomicInteger batches = new AtomicInteger();
        try (Jobs jobs = jobs(new TeachingJob(store, (id, teachings, idempotency, reply) -> {
            if (batches.incrementAndGet() == 2) {
                throw new Refusal.Conflict("no");
            }
            return teach(id, teachings, idempotency, reply);
        }))) {
            Job ended = run(jobs, 450);

            assertThat(ended.status()).isEqualTo(Status.FAILED);
            assertThat(ended.result().orElseThrow())
                    .contains("\"taught\":199,\"duplicates\":1,")
                    .contains("\"examples_total\":199");
        }
    }

    private static final AtomicInteger IDS = new AtomicInteger();

    private Jobs jobs(TeachingJob work) {
        Jobs.Ports ports = new Jobs.Ports(
                new SqlJobStore(database, InstantSource.system()),
                InstantSource.system(),
                () -> String.format("job_%08d", IDS.incrementAndGet()),
                (id, failure) ->
                        new JsonText().put("detail", String.valueOf(failure)).toString(),
                JobObserver.NONE);
        return new Jobs(ports, new Jobs.Settings(1, 4, Duration.ofDays(7), Duration.ZERO), List.of(work));
    }

    private static Job run(Jobs jobs, int rows) {
        Job job = jobs.accept(TeachingJob.order(TASK, payload(rows)), one -> Optional.empty());
        return await().atMost(Duration.ofSeconds(30))
                .until(() -> jobs.job(job.id()), one -> one.status().isFinal());
    }

    /** Rows of which the second repeats the first. */
    private static TeachingPayload payload(int rows) {
        List<Teaching> teachings =
                IntStream.range(0, rows).mapToObj(i -> teaching(i == 1 ? 0 : i)).toList();
        return new TeachingPayload(teachings, List.of(new TeachingPayload.Rejected(9, "is empty")), 1);
    }

    private static Teaching teaching(int number) {
        return Teaching.of(Input.of(new Text("text " + number)), new Answer.OneLabel("label " + number % 3));
    }

    private dev.perennial.task.TeachingOutcome teach(
            TaskId id,
            List<Teaching> teachings,
            Optional<dev.perennial.task.Idempotency> idempotency,
            java.util.function.Function<dev.perennial.task.TeachingOutcome, dev.perennial.task.Idempotency.Reply>
                    reply) {
        List<EncodedTeaching> encoded = teachings.stream()
                .map(teaching -> new EncodedTeaching(teaching, Map.of()))
                .toList();
        return store.teach(id, encoded, idempotency, reply);
    }
}
