// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refresh.Job.Progress;
import dev.perennial.refresh.Job.Status;
import dev.perennial.refresh.JobStore.Event;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link JobStore} keeps to. */
public abstract class JobStoreContract {
    private static final Instant START = Instant.parse("2026-03-01T10:00:00.000001Z");
    private static final byte[] PAYLOAD = "what to do".getBytes(StandardCharsets.UTF_8);

    private JobStore store;

    /** An empty store. */
    protected abstract JobStore create(InstantSource clock) throws Exception;

    /** The store as a new process would find it. */
    protected abstract JobStore reopen(InstantSource clock) throws Exception;

    @BeforeEach
    void createStore() throws Exception {
        store = create(() -> START);
    }

    @Test
    void emptyStore_hasNoJob() {
        assertThat(store.job("job_1")).isEmpty();
        assertThat(store.jobs("", 10)).isEmpty();
        assertThat(store.unfinished()).isEmpty();
        assertThat(store.payload("job_1")).isEmpty();
        assertThat(store.events("job_1", 0, 10)).isEmpty();
    }

    @Test
    void accept_storesTheJobAndItsPayload() {
        Job job = queued("job_1", START);
        store.accept(job, PAYLOAD, Optional.empty());
        assertThat(store.job("job_1")).contains(job);
        assertThat(store.payload("job_1")).contains(PAYLOAD);
        assertThat(store.events("job_1", 0, 10)).isEmpty();
    }

    @Test
    void accept_aKeyThatWasAnsweredMeanwhile_storesNothing() {
        Idempotency request = new Idempotency("key", "digest");
        Idempotency.Entry entry = new Idempotency.Entry(request, new Idempotency.Reply(202, "{}"));
        store.accept(queued("job_1", START), PAYLOAD, Optional.of(entry));
        assertThatThrownBy(() -> store.accept(queued("job_2", START), PAYLOAD, Optional.of(entry)))
                .isInstanceOf(Refusal.InProgress.class);
        assertThat(store.job("job_2")).isEmpty();
    }

    @Test
    void jobs_arePagedInTheOrderOfTheirIds() {
        for (String id : List.of("job_3", "job_1", "job_2")) {
            store.accept(queued(id, START), PAYLOAD, Optional.empty());
        }
        assertThat(store.jobs("", 2)).extracting(Job::id).containsExactly("job_1", "job_2");
        assertThat(store.jobs("job_2", 2)).extracting(Job::id).containsExactly("job_3");
    }

    @Test
    void unfinished_listsQueuedAndRunningJobsOldestFirst() {
        store.accept(queued("job_1", START.plusSeconds(2)), PAYLOAD, Optional.empty());
        store.accept(queued("job_2", START.plusSeconds(1)), PAYLOAD, Optional.empty());
        store.accept(queued("job_3", START), PAYLOAD, Optional.empty());
        store.update(running("job_1"), "progress", "{}");
        store.update(ended("job_3", Status.CANCELLED), "done", "{}");
        assertThat(store.unfinished()).extracting(Job::id).containsExactlyInAnyOrder("job_1", "job_2");
        store.update(ended("job_2", Status.FAILED), "done", "{}");
        assertThat(store.unfinished()).containsExactly(running("job_1"));
    }

    @Test
    void update_replacesTheStateAndNumbersEventsFromOne() {
        store.accept(queued("job_1", START), PAYLOAD, Optional.empty());
        store.accept(queued("job_2", START), PAYLOAD, Optional.empty());
        store.update(running("job_1"), "progress", "{\"done\":1}");
        store.update(running("job_2"), "log", "{}");
        Job succeeded = ended("job_1", Status.SUCCEEDED);
        store.update(succeeded, "done", "{\"ok\":\"ü\"}");
        assertThat(store.job("job_1")).contains(succeeded);
        assertThat(store.events("job_1", 0, 10))
                .containsExactly(new Event(1, "progress", "{\"done\":1}"), new Event(2, "done", "{\"ok\":\"ü\"}"));
        assertThat(store.events("job_1", 1, 10)).extracting(Event::number).containsExactly(2L);
        assertThat(store.events("job_2", 0, 10)).containsExactly(new Event(1, "log", "{}"));
    }

    @Test
    void events_areReadInPieces() {
        store.accept(queued("job_1", START), PAYLOAD, Optional.empty());
        IntStream.range(0, 5).forEach(i -> store.update(running("job_1"), "log", "{}"));
        assertThat(store.events("job_1", 1, 2)).extracting(Event::number).containsExactly(2L, 3L);
        assertThat(store.events("job_1", 5, 2)).isEmpty();
    }

    @Test
    void update_toAFinalStatus_erasesThePayload() {
        for (Status status : Status.values()) {
            String id = "job_" + status;
            store.accept(queued(id, START), PAYLOAD, Optional.empty());
            store.update(status.isFinal() ? ended(id, status) : running(id), "log", "{}");
            assertThat(store.payload(id).isEmpty()).as(id).isEqualTo(status.isFinal());
        }
    }

    @Test
    void update_ofAnUnknownJob_isNotFound() {
        assertThatThrownBy(() -> store.update(running("job_1"), "log", "{}")).isInstanceOf(Refusal.NotFound.class);
        assertThat(store.events("job_1", 0, 10)).isEmpty();
    }

    @Test
    void removeFinal_removesOnlyOldFinalJobs() {
        for (String id : List.of("job_1", "job_2", "job_3")) {
            store.accept(queued(id, START), PAYLOAD, Optional.empty());
        }
        store.update(ended("job_1", Status.SUCCEEDED), "done", "{}");
        store.update(running("job_2"), "log", "{}");
        assertThat(store.removeFinal(START.plusSeconds(9))).isZero();
        assertThat(store.removeFinal(START.plusSeconds(10))).isEqualTo(1);
        assertThat(store.jobs("", 10)).extracting(Job::id).containsExactly("job_2", "job_3");
        assertThat(store.events("job_1", 0, 10)).isEmpty();
        assertThat(store.events("job_2", 0, 10)).hasSize(1);
    }

    @Test
    void restart_keepsJobsPayloadsAndEvents() throws Exception {
        store.accept(queued("job_1", START), PAYLOAD, Optional.empty());
        store.accept(queued("job_2", START), PAYLOAD, Optional.empty());
        store.update(running("job_1"), "progress", "{}");
        store.update(ended("job_2", Status.FAILED), "done", "{}");
        store = reopen(() -> START);
        assertThat(store.jobs("", 10)).containsExactly(running("job_1"), ended("job_2", Status.FAILED));
        assertThat(store.unfinished()).containsExactly(running("job_1"));
        assertThat(store.payload("job_1")).contains(PAYLOAD);
        store.update(running("job_1"), "progress", "{}");
        assertThat(store.events("job_1", 0, 10)).extracting(Event::number).containsExactly(1L, 2L);
    }

    /** A job that waits. */
    protected static Job queued(String id, Instant createdAt) {
        return new Job(
                id,
                "teaching",
                "banking",
                Status.QUEUED,
                new Progress(0, 3, "examples", "Waiting."),
                createdAt,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Job running(String id) {
        return new Job(
                id,
                "teaching",
                "banking",
                Status.RUNNING,
                new Progress(1, 3, "examples", "Encoding."),
                START,
                Optional.of(START.plusSeconds(1)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** A job that reached its end nine seconds after {@link #START}. */
    protected static Job ended(String id, Status status) {
        return new Job(
                id,
                "teaching",
                "banking",
                status,
                new Progress(3, 3, "examples", "Done."),
                START,
                Optional.of(START.plusSeconds(1)),
                Optional.of(START.plusSeconds(9)),
                status == Status.SUCCEEDED ? Optional.of("{\"taught\":3}") : Optional.empty(),
                status == Status.FAILED ? Optional.of("{\"status\":503}") : Optional.empty());
    }
}
