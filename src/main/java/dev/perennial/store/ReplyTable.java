// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.document.SourceId;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Rows of {@code replies}: what idempotent requests were answered, for a day, and how far jobs got, until they end.
 * Belongs to one transaction.
 */
final class ReplyTable {
    private static final Duration KEPT = Duration.ofHours(24);

    private final Handle handle;
    private final long oldest;

    ReplyTable(Handle handle, Instant now) {
        this.handle = handle;
        this.oldest = EpochMicros.of(now.minus(KEPT));
    }

    Optional<Idempotency.Entry> find(String key) {
        return handle.createQuery("""
                        SELECT request_digest, status, body FROM replies
                        WHERE idempotency_key = :key
                            AND (created_at >= :oldest OR substr(idempotency_key, 1, length(:jobs)) = :jobs)""")
                .bind("key", key)
                .bind("jobs", Idempotency.keysOfJobs())
                .bind("oldest", oldest)
                .map((row, context) -> new Idempotency.Entry(
                        new Idempotency(key, row.getString("request_digest")),
                        new Idempotency.Reply(row.getInt("status"), row.getString("body"))))
                .findOne();
    }

    /** Refuses the request when another one with its key has been answered in the meantime. */
    void refuseRepeated(Idempotency request) {
        find(request.key()).ifPresent(kept -> {
            if (!kept.request().requestDigest().equals(request.requestDigest())) {
                throw new Refusal.IdempotencyMismatch();
            }
            throw new Refusal.InProgress(
                    "A request with this Idempotency-Key has just been answered. Send it again to get that"
                            + " answer.",
                    1);
        });
    }

    /** Drops how far a job got. */
    void dropOfJob(String jobId) {
        handle.createUpdate("DELETE FROM replies WHERE idempotency_key BETWEEN :first AND :first || '~'")
                .bind("first", Idempotency.keysOfJob(jobId))
                .execute();
    }

    /** Drops the replies to requests to a task, which say nothing about another task of its name. */
    void dropOfTask(TaskId task) {
        handle.createUpdate("""
                        DELETE FROM replies
                        WHERE substr(idempotency_key, 1, length(:first)) = :first
                            OR (substr(idempotency_key, 1, length(:training)) = :training
                                AND body LIKE '%' || :naming || '%')""")
                .bind("first", Idempotency.keysOfTask(task))
                .bind("training", Idempotency.keysOfTraining())
                .bind("naming", Idempotency.namedInTraining(task))
                .execute();
    }

    /** Drops the replies to requests to a source. */
    void dropOfSource(SourceId source) {
        handle.createUpdate("DELETE FROM replies WHERE substr(idempotency_key, 1, length(:first)) = :first")
                .bind("first", "POST /v1/sources/" + source + "/")
                .execute();
    }

    /** Keeps the reply unless there is one for the key, and drops the ones that are too old. */
    void keep(Idempotency.Entry entry, Instant now) {
        handle.createUpdate("""
                        DELETE FROM replies
                        WHERE created_at < :oldest AND substr(idempotency_key, 1, length(:jobs)) <> :jobs""")
                .bind("oldest", oldest)
                .bind("jobs", Idempotency.keysOfJobs())
                .execute();
        handle.createUpdate("""
                        INSERT INTO replies (idempotency_key, request_digest, status, body, created_at)
                        VALUES (:key, :digest, :status, :body, :at)
                        ON CONFLICT (idempotency_key) DO NOTHING""")
                .bind("key", entry.request().key())
                .bind("digest", entry.request().requestDigest())
                .bind("status", entry.reply().status())
                .bind("body", entry.reply().body())
                .bind("at", EpochMicros.of(now))
                .execute();
    }
}
