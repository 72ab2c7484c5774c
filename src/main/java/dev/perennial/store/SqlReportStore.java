// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.evaluate.ReportStore;
import dev.perennial.task.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Reports of one sort in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlReportStore implements ReportStore {
    private final Database database;
    private final Sort sort;
    private final String select;

    /** Of what reports are; each sort has a table of its own. */
    public enum Sort {
        EVALUATIONS("evaluations", "evaluation_id"),
        GATES("gates", "gate_id");

        private final String table;
        private final String id;

        Sort(String table, String id) {
            this.table = table;
            this.id = id;
        }

        /** The same statement about this sort. */
        private String of(String statement) {
            return statement.replace("<table>", table).replace("<id>", id);
        }
    }

    public SqlReportStore(Database database, Sort sort) {
        this.database = database;
        this.sort = sort;
        this.select = sort.of("SELECT <id> AS id, task_id, created_at, report FROM <table> WHERE task_id = :task");
    }

    @Override
    public void keep(Kept report, int most) {
        database.write(change -> {
            if (new TaskTable(change.handle()).find(report.task()).isEmpty()) {
                return 0;
            }
            change.handle()
                    .createUpdate(sort.of("""
                            INSERT INTO <table> (<id>, task_id, created_at, report)
                            VALUES (:id, :task, :at, :report)
                            ON CONFLICT (<id>) DO UPDATE SET created_at = :at, report = :report"""))
                    .bind("id", report.id())
                    .bind("task", report.task().value())
                    .bind("at", EpochMicros.of(report.createdAt()))
                    .bind("report", report.report())
                    .execute();
            return change.handle()
                    .createUpdate(sort.of("""
                            DELETE FROM <table> WHERE task_id = :task AND <id> NOT IN (
                                SELECT <id> FROM <table> WHERE task_id = :task
                                ORDER BY <id> DESC LIMIT :most)"""))
                    .bind("task", report.task().value())
                    .bind("most", most)
                    .execute();
        });
    }

    @Override
    public List<Kept> reports(TaskId task, String after, int limit) {
        return database.read(
                handle -> handle.createQuery(select + sort.of(" AND <id> > :after ORDER BY <id> LIMIT :limit"))
                        .bind("task", task.value())
                        .bind("after", after)
                        .bind("limit", limit)
                        .map((row, context) -> read(row))
                        .list());
    }

    @Override
    public Optional<Kept> report(TaskId task, String id) {
        return database.read(handle -> handle.createQuery(select + sort.of(" AND <id> = :id"))
                .bind("task", task.value())
                .bind("id", id)
                .map((row, context) -> read(row))
                .findOne());
    }

    /** Deletes all reports of a task, of every sort. */
    static void removeAll(Handle handle, TaskId task) {
        for (Sort sort : Sort.values()) {
            handle.createUpdate(sort.of("DELETE FROM <table> WHERE task_id = :task"))
                    .bind("task", task.value())
                    .execute();
        }
    }

    private static Kept read(ResultSet row) throws SQLException {
        return new Kept(
                row.getString("id"),
                new TaskId(row.getString("task_id")),
                EpochMicros.toInstant(row.getLong("created_at")),
                row.getString("report"));
    }
}
