// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.evaluate.ReportStore;
import dev.perennial.task.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Reports of evaluations in a {@link SqliteDatabase}. Thread-safe; holds nothing in memory. */
public final class SqliteReportStore implements ReportStore {
    private static final String SELECT =
            "SELECT evaluation_id, task_id, created_at, report FROM evaluations WHERE task_id = :task";

    private final Database database;

    public SqliteReportStore(SqliteDatabase database) {
        this.database = database;
    }

    @Override
    public void keep(Kept report, int most) {
        database.write(change -> {
            if (new TaskTable(change.handle()).find(report.task()).isEmpty()) {
                return 0;
            }
            change.handle()
                    .createUpdate("""
                            INSERT INTO evaluations (evaluation_id, task_id, created_at, report)
                            VALUES (:id, :task, :at, :report)
                            ON CONFLICT (evaluation_id) DO UPDATE SET created_at = :at, report = :report""")
                    .bind("id", report.id())
                    .bind("task", report.task().value())
                    .bind("at", EpochMicros.of(report.createdAt()))
                    .bind("report", report.report())
                    .execute();
            return change.handle()
                    .createUpdate("""
                            DELETE FROM evaluations WHERE task_id = :task AND evaluation_id NOT IN (
                                SELECT evaluation_id FROM evaluations WHERE task_id = :task
                                ORDER BY evaluation_id DESC LIMIT :most)""")
                    .bind("task", report.task().value())
                    .bind("most", most)
                    .execute();
        });
    }

    @Override
    public List<Kept> reports(TaskId task, String after, int limit) {
        return database.read(
                handle -> handle.createQuery(SELECT + " AND evaluation_id > :after ORDER BY evaluation_id LIMIT :limit")
                        .bind("task", task.value())
                        .bind("after", after)
                        .bind("limit", limit)
                        .map((row, context) -> read(row))
                        .list());
    }

    @Override
    public Optional<Kept> report(TaskId task, String id) {
        return database.read(handle -> handle.createQuery(SELECT + " AND evaluation_id = :id")
                .bind("task", task.value())
                .bind("id", id)
                .map((row, context) -> read(row))
                .findOne());
    }

    /** Deletes all reports of a task. */
    static void removeAll(Handle handle, TaskId task) {
        handle.createUpdate("DELETE FROM evaluations WHERE task_id = :task")
                .bind("task", task.value())
                .execute();
    }

    private static Kept read(ResultSet row) throws SQLException {
        return new Kept(
                row.getString("evaluation_id"),
                new TaskId(row.getString("task_id")),
                EpochMicros.toInstant(row.getLong("created_at")),
                row.getString("report"));
    }
}
