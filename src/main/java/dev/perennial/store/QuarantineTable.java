// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.QuarantineReason;
import dev.perennial.task.Quarantined;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Rows of {@code example_quarantines}: which absences of examples are quarantines, and why. Belongs to one transaction.
 */
final class QuarantineTable {
    /** Of an absence {@code a}. */
    static final String IS_QUARANTINE = """
            EXISTS (SELECT 1 FROM example_quarantines q
                WHERE q.example = a.example AND q.first_revision = a.first_revision)""";

    /** In this order, because there are far fewer of the first than of the last. */
    private static final String JOINED = """
            FROM example_quarantines q CROSS JOIN example_absences a CROSS JOIN examples e
            WHERE q.task_id = :task AND a.example = q.example AND a.first_revision = q.first_revision
                AND e.number = q.example AND e.removed_revision IS NULL AND\s""";

    private final Handle handle;

    QuarantineTable(Handle handle) {
        this.handle = handle;
    }

    /** The examples that are set apart, by number. */
    Map<Long, QuarantineReason> now(TaskId task) {
        Map<Long, QuarantineReason> reasons = new HashMap<>();
        handle.createQuery("SELECT e.number, q.reason, q.degree " + JOINED + "a.end_revision IS NULL")
                .bind("task", task.value())
                .map((row, context) -> reasons.put(row.getLong("number"), reason(row)))
                .list();
        return reasons;
    }

    /** The examples that were set apart at a revision, and are not erased. */
    Map<Long, QuarantineReason> at(TaskId task, RevisionId revision) {
        Map<Long, QuarantineReason> reasons = new HashMap<>();
        handle.createQuery("SELECT e.number, q.reason, q.degree " + JOINED + """
                        a.first_revision <= :revision AND (a.end_revision IS NULL OR a.end_revision > :revision)""")
                .bind("task", task.value())
                .bind("revision", revision.number())
                .map((row, context) -> reasons.put(row.getLong("number"), reason(row)))
                .list();
        return reasons;
    }

    List<Quarantined> page(TaskId task, long after, int limit) {
        return handle.createQuery("SELECT e.*, q.reason, q.degree " + JOINED
                        + "a.end_revision IS NULL AND e.number > :after ORDER BY e.number LIMIT :limit")
                .bind("task", task.value())
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> new Quarantined(ExampleTable.read(row), reason(row)))
                .list();
    }

    /** Makes quarantines of the absences that began with a revision. */
    void insert(TaskId task, Map<Long, QuarantineReason> reasons, RevisionId revision) {
        if (reasons.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO example_quarantines (example, task_id, first_revision, reason, degree)
                VALUES (:number, :task, :revision, :reason, :degree)""");
        reasons.forEach((number, reason) -> batch.bind("number", number)
                .bind("task", task.value())
                .bind("revision", revision.number())
                .bind("reason", reason.cause().name())
                .bind("degree", Columns.boxed(reason.degree()))
                .add());
        batch.execute();
    }

    void delete(Collection<Long> examples) {
        if (examples.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("DELETE FROM example_quarantines WHERE example = :number");
        examples.forEach(number -> batch.bind("number", number).add());
        batch.execute();
    }

    void delete(TaskId task) {
        handle.createUpdate("DELETE FROM example_quarantines WHERE task_id = :task")
                .bind("task", task.value())
                .execute();
    }

    private static QuarantineReason reason(ResultSet row) throws SQLException {
        return new QuarantineReason(
                QuarantineReason.Cause.valueOf(row.getString("reason")), Columns.optionalDouble(row, "degree"));
    }
}
