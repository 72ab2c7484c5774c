// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.refresh.Job;
import dev.perennial.refresh.JobStore;
import dev.perennial.refresh.JobStoreContract;
import dev.perennial.task.Idempotency;
import dev.perennial.task.TaskStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteJobStoreTest extends JobStoreContract {
    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected JobStore create(InstantSource clock) {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new SqlJobStore(database, clock);
    }

    @Override
    protected JobStore reopen(InstantSource clock) {
        database.close();
        return create(clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void update_toAFinalStatus_erasesThePayloadFromTheFiles() {
        JobStore jobs = new SqlJobStore(database, () -> Instant.EPOCH);
        String secret = "the secret payload ";
        jobs.accept(
                queued("job_1", Instant.EPOCH),
                secret.repeat(2_000).getBytes(StandardCharsets.UTF_8),
                Optional.empty());
        assertThat(StoredBytes.in(directory).contain(secret)).isTrue();
        jobs.update(ended("job_1", Job.Status.SUCCEEDED), "done", "{}");
        assertThat(StoredBytes.in(directory).contain(secret)).isFalse();
    }

    @Test
    void update_toAFinalStatus_dropsHowFarTheJobGot() {
        InstantSource clock = () -> Instant.EPOCH;
        JobStore jobs = new SqlJobStore(database, clock);
        TaskStore tasks = new SqlTaskStore(database, clock);
        for (String id : new String[] {"job_1", "job_10"}) {
            jobs.accept(queued(id, Instant.EPOCH), new byte[0], Optional.empty());
            tasks.keepReply(Idempotency.ofJob(id, 0), new Idempotency.Reply(200, "tally"));
            tasks.keepReply(Idempotency.ofJob(id, 200), new Idempotency.Reply(200, "tally"));
        }
        jobs.update(ended("job_1", Job.Status.SUCCEEDED), "done", "{}");
        assertThat(tasks.reply(Idempotency.ofJob("job_1", 0).key())).isEmpty();
        assertThat(tasks.reply(Idempotency.ofJob("job_1", 200).key())).isEmpty();
        assertThat(tasks.reply(Idempotency.ofJob("job_10", 200).key())).isPresent();
    }

    @Test
    void accept_keepsTheReplyWhereTasksFindIt() {
        Idempotency.Entry entry =
                new Idempotency.Entry(new Idempotency("key", "digest"), new Idempotency.Reply(202, "{}"));
        InstantSource clock = () -> Instant.EPOCH;
        new SqlJobStore(database, clock).accept(queued("job_1", Instant.EPOCH), new byte[0], Optional.of(entry));
        assertThat(new SqlTaskStore(database, clock).reply("key")).contains(entry);
    }
}
