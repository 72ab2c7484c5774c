// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refresh.Job;
import dev.perennial.refresh.JobStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** Rows of {@code jobs}, {@code job_payloads} and {@code job_events}. Belongs to one transaction. */
final class JobTable {
    private static final String COLUMNS = """
            job_id, kind, subject, status, done, total, unit, message, created_at, started_at, finished_at, result,
            problem""";

    private final Handle handle;

    JobTable(Handle handle) {
        this.handle = handle;
    }

    Optional<Job> find(String id) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM jobs WHERE job_id = :id")
                .bind("id", id)
                .map((row, context) -> read(row))
                .findOne();
    }

    List<Job> page(String after, int limit) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM jobs WHERE job_id > :after ORDER BY job_id LIMIT :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    List<Job> unfinished() {
        return handle.createQuery("SELECT " + COLUMNS
                        + " FROM jobs WHERE status IN ('QUEUED', 'RUNNING') ORDER BY created_at, job_id")
                .map((row, context) -> read(row))
                .list();
    }

    void insert(Job job, long payloadNumber, byte[] payload) {
        handle.createUpdate("INSERT INTO job_payloads (number, payload) VALUES (:number, :payload)")
                .bind("number", payloadNumber)
                .bind("payload", payload)
                .execute();
        bind(handle.createUpdate("INSERT INTO jobs (" + COLUMNS + """
                                , payload_number)
                                VALUES (:id, :kind, :subject, :status, :done, :total, :unit, :message, :createdAt,
                                    :startedAt, :finishedAt, :result, :problem, :payloadNumber)"""), job)
                .bind("payloadNumber", payloadNumber)
                .execute();
    }

    /** Returns whether there is such a job. */
    boolean update(Job job) {
        return bind(handle.createUpdate("""
                                        UPDATE jobs
                                        SET kind = :kind, subject = :subject, status = :status, done = :done,
                                            total = :total, unit = :unit, message = :message, created_at = :createdAt,
                                            started_at = :startedAt, finished_at = :finishedAt, result = :result,
                                            problem = :problem
                                        WHERE job_id = :id"""), job).execute() == 1;
    }

    Optional<byte[]> payload(String id) {
        return handle.createQuery("""
                        SELECT p.payload FROM jobs j JOIN job_payloads p ON p.number = j.payload_number
                        WHERE j.job_id = :id AND p.payload IS NOT NULL""")
                .bind("id", id)
                .map((row, context) -> row.getBytes(1))
                .findOne();
    }

    /** Returns whether there was something to empty. */
    boolean emptyPayload(String id) {
        int emptied = handle.createUpdate("""
                        UPDATE job_payloads SET payload = NULL
                        WHERE number = (SELECT payload_number FROM jobs WHERE job_id = :id) AND payload IS NOT NULL""").bind("id", id).execute();
        return emptied > 0;
    }

    void appendEvent(String id, String type, String data) {
        handle.createUpdate("""
                        INSERT INTO job_events (job_id, number, type, data)
                        VALUES (:id, (SELECT coalesce(max(number), 0) + 1 FROM job_events WHERE job_id = :id), :type,
                            :data)""")
                .bind("id", id)
                .bind("type", type)
                .bind("data", data)
                .execute();
    }

    List<JobStore.Event> events(String id, long after, int limit) {
        return handle.createQuery("""
                        SELECT number, type, data FROM job_events
                        WHERE job_id = :id AND number > :after ORDER BY number LIMIT :limit""")
                .bind("id", id)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) ->
                        new JobStore.Event(row.getLong("number"), row.getString("type"), row.getString("data")))
                .list();
    }

    int removeFinal(Instant finishedBefore) {
        String old = " WHERE status IN ('SUCCEEDED', 'FAILED', 'CANCELLED') AND finished_at < :before";
        long before = EpochMicros.of(finishedBefore);
        handle.createUpdate("DELETE FROM job_events WHERE job_id IN (SELECT job_id FROM jobs" + old + ")")
                .bind("before", before)
                .execute();
        return handle.createUpdate("DELETE FROM jobs" + old)
                .bind("before", before)
                .execute();
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Job job) {
        return statement
                .bind("id", job.id())
                .bind("kind", job.kind())
                .bind("subject", job.subject())
                .bind("status", job.status().name())
                .bind("done", job.progress().done())
                .bind("total", job.progress().total())
                .bind("unit", job.progress().unit())
                .bind("message", job.progress().message())
                .bind("createdAt", EpochMicros.of(job.createdAt()))
                .bind("startedAt", job.startedAt().map(EpochMicros::of).orElse(null))
                .bind("finishedAt", job.finishedAt().map(EpochMicros::of).orElse(null))
                .bind("result", job.result().orElse(null))
                .bind("problem", job.problem().orElse(null));
    }

    private static Job read(ResultSet row) throws SQLException {
        return new Job(
                row.getString("job_id"),
                row.getString("kind"),
                row.getString("subject"),
                Job.Status.valueOf(row.getString("status")),
                new Job.Progress(
                        row.getLong("done"), row.getLong("total"), row.getString("unit"), row.getString("message")),
                EpochMicros.toInstant(row.getLong("created_at")),
                EpochMicros.read(row, "started_at"),
                EpochMicros.read(row, "finished_at"),
                Optional.ofNullable(row.getString("result")),
                Optional.ofNullable(row.getString("problem")));
    }
}
