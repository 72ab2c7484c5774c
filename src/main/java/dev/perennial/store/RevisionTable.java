// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.revision.Revision;
import dev.perennial.revision.Served;
import dev.perennial.revision.Served.MemberPin;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Rows of {@code revisions} of tasks, and of {@code served_revisions}. Belongs to one transaction. */
final class RevisionTable {
    /** A task that was removed has no history, and one of the same name begins its own. */
    private static final String OF_THIS_LIFE = """
            r.task_id = :task AND r.number >
                (SELECT COALESCE(MAX(number), 0) FROM revisions WHERE task_id = :task AND cause = 'remove')""";

    private static final String SELECT = """
            SELECT r.number, r.cause, r.created_at, r.restored, r.lost, s.digest, s.members, s.examples,
                (SELECT MAX(p.number) FROM revisions p WHERE p.task_id = :task AND p.number < r.number AND p.number >
                    (SELECT COALESCE(MAX(number), 0) FROM revisions WHERE task_id = :task AND cause = 'remove')) AS parent
            FROM revisions r LEFT JOIN served_revisions s ON s.revision = r.number
            WHERE\s""" + OF_THIS_LIFE;

    private final Handle handle;

    RevisionTable(Handle handle) {
        this.handle = handle;
    }

    List<Revision> page(TaskId id, RevisionId before, int limit) {
        return handle.createQuery(SELECT + " AND r.number < :before ORDER BY r.number DESC LIMIT :limit")
                .bind("task", id.value())
                .bind("before", before.number())
                .bind("limit", limit)
                .map((row, context) -> read(id, row))
                .list();
    }

    Optional<Revision> find(TaskId id, RevisionId revision) {
        return handle.createQuery(SELECT + " AND r.number = :revision")
                .bind("task", id.value())
                .bind("revision", revision.number())
                .map((row, context) -> read(id, row))
                .findOne();
    }

    /** Answers that follow a graph may go by the revision of another task, of which this says nothing. */
    void keep(TaskId id, RevisionId revision, Served served) {
        handle.createUpdate("""
                        INSERT INTO served_revisions (revision, task_id, digest, members, examples)
                        SELECT number, task_id, :digest, :members, :examples
                        FROM revisions WHERE number = :revision AND task_id = :task
                        ON CONFLICT (revision) DO NOTHING""")
                .bind("revision", revision.number())
                .bind("task", id.value())
                .bind("digest", served.digest())
                .bind("members", PinJson.write(served.members()))
                .bind("examples", served.examples())
                .execute();
    }

    void restores(RevisionId revision, RevisionId target) {
        handle.createUpdate("UPDATE revisions SET restored = :target WHERE number = :revision")
                .bind("target", target.number())
                .bind("revision", revision.number())
                .execute();
    }

    /**
     * The first revision that did not end before a time: the one that was there then, or the present one. Empty where
     * none ended before.
     */
    Optional<RevisionId> firstAfter(TaskId id, Instant endedBefore) {
        return handle.createQuery("""
                        SELECT MAX(r.number) FROM revisions r WHERE r.number <
                            (SELECT COALESCE(MIN(r.number), :end) FROM revisions r
                            WHERE r.created_at >= :time AND %s) AND %s""".formatted(OF_THIS_LIFE, OF_THIS_LIFE))
                .bind("task", id.value())
                .bind("time", EpochMicros.of(endedBefore))
                .bind("end", Long.MAX_VALUE)
                .mapTo(Long.class)
                .findOne()
                .map(RevisionId::new);
    }

    /** The revisions before another one that are not lost yet. */
    List<RevisionId> keptBefore(TaskId id, RevisionId end) {
        return handle.createQuery(
                        "SELECT r.number FROM revisions r WHERE r.lost = 0 AND r.number < :end AND " + OF_THIS_LIFE)
                .bind("task", id.value())
                .bind("end", end.number())
                .mapTo(Long.class)
                .map(RevisionId::new)
                .list();
    }

    void lose(Collection<RevisionId> revisions) {
        PreparedBatch batch = handle.prepareBatch("UPDATE revisions SET lost = 1 WHERE number = :number");
        revisions.forEach(revision -> batch.bind("number", revision.number()).add());
        batch.execute();
    }

    /** Those of revisions that are not lost, each once. */
    List<MemberPin> membersThen(TaskId id) {
        return handle.createQuery("""
                        SELECT DISTINCT s.members FROM served_revisions s JOIN revisions r ON r.number = s.revision
                        WHERE r.lost = 0 AND\s""" + OF_THIS_LIFE).bind("task", id.value()).mapTo(String.class).list().stream()
                .flatMap(json -> PinJson.read(json).stream())
                .distinct()
                .toList();
    }

    void delete(TaskId id) {
        handle.createUpdate("DELETE FROM served_revisions WHERE task_id = :task")
                .bind("task", id.value())
                .execute();
    }

    private static Revision read(TaskId id, ResultSet row) throws SQLException {
        String digest = row.getString("digest");
        Optional<Served> served = digest == null
                ? Optional.empty()
                : Optional.of(new Served(digest, PinJson.read(row.getString("members")), row.getLong("examples")));
        return new Revision(
                id,
                new RevisionId(row.getLong("number")),
                row.getString("cause"),
                EpochMicros.toInstant(row.getLong("created_at")),
                revision(row, "parent"),
                revision(row, "restored"),
                served,
                row.getInt("lost") != 0);
    }

    private static Optional<RevisionId> revision(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(new RevisionId(number));
    }
}
