// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.evaluate.SuiteAccuracyStore;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Accuracies on suites in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlSuiteAccuracyStore implements SuiteAccuracyStore {
    private static final String SELECT =
            "SELECT number, task_id, revision, suite, asked, examples, accuracy, recorded_at FROM suite_accuracies";
    private static final String OF_TASK = SELECT + " WHERE task_id = :task";

    private final Database database;

    public SqlSuiteAccuracyStore(Database database) {
        this.database = database;
    }

    @Override
    public boolean keep(Asked asked, int most) {
        return database.write(change -> {
            if (!isPresent(change.handle(), asked)) {
                return false;
            }
            insert(change.handle(), change.reserve("suite_accuracy", 1), asked);
            change.handle()
                    .createUpdate("""
                            DELETE FROM suite_accuracies WHERE task_id = :task AND number NOT IN (
                                SELECT number FROM suite_accuracies WHERE task_id = :task
                                ORDER BY number DESC LIMIT :most)""")
                    .bind("task", asked.task().value())
                    .bind("most", most)
                    .execute();
            return true;
        });
    }

    private static boolean isPresent(Handle handle, Asked asked) {
        return handle.createQuery("SELECT count(*) FROM suites WHERE task_id = :task AND digest = :suite")
                        .bind("task", asked.task().value())
                        .bind("suite", asked.suite())
                        .mapTo(long.class)
                        .one()
                > 0;
    }

    private static void insert(Handle handle, long number, Asked asked) {
        handle.createUpdate("""
                        INSERT INTO suite_accuracies (number, task_id, revision, suite, asked, examples, accuracy,
                            recorded_at)
                        VALUES (:number, :task, :revision, :suite, :asked, :examples, :accuracy, :at)""")
                .bind("number", number)
                .bind("task", asked.task().value())
                .bind("revision", asked.revision().number())
                .bind("suite", asked.suite())
                .bind("asked", asked.rows())
                .bind("examples", asked.examples())
                .bind("accuracy", asked.accuracy())
                .bind("at", EpochMicros.of(asked.recordedAt()))
                .execute();
    }

    @Override
    public List<Stored> suites() {
        return database.read(handle -> handle.createQuery("SELECT task_id, digest FROM suites ORDER BY task_id")
                .map((row, context) -> {
                    TaskId task = new TaskId(row.getString("task_id"));
                    return new Stored(task, row.getString("digest"), one(handle, task, " ORDER BY number DESC"));
                })
                .list());
    }

    @Override
    public List<Step> latest(Collection<TaskId> tasks, int limit) {
        if (tasks.isEmpty()) {
            return List.of();
        }
        List<Step> latest = new ArrayList<>(database.read(
                handle -> handle.createQuery(SELECT + " WHERE task_id IN (<tasks>) ORDER BY number DESC LIMIT :limit")
                        .bindList("tasks", tasks.stream().map(TaskId::value).toList())
                        .bind("limit", limit)
                        .map((row, context) -> read(row))
                        .list()));
        Collections.reverse(latest);
        return List.copyOf(latest);
    }

    @Override
    public Past past(TaskId task, long step) {
        return database.read(handle -> new Past(
                one(handle, task, " ORDER BY number"),
                one(handle, task, " AND examples > 0 ORDER BY number"),
                handle.createQuery(OF_TASK + " AND :step > number ORDER BY number DESC LIMIT 1")
                        .bind("task", task.value())
                        .bind("step", step)
                        .map((row, context) -> read(row))
                        .findOne()));
    }

    private static Optional<Step> one(Handle handle, TaskId task, String rest) {
        return handle.createQuery(OF_TASK + rest + " LIMIT 1")
                .bind("task", task.value())
                .map((row, context) -> read(row))
                .findOne();
    }

    /** Deletes all that is kept of a task's suite. */
    static void removeAll(Handle handle, TaskId task) {
        handle.createUpdate("DELETE FROM suite_accuracies WHERE task_id = :task")
                .bind("task", task.value())
                .execute();
    }

    private static Step read(ResultSet row) throws SQLException {
        return new Step(
                row.getLong("number"),
                new Asked(
                        new TaskId(row.getString("task_id")),
                        new RevisionId(row.getLong("revision")),
                        row.getString("suite"),
                        row.getLong("asked"),
                        row.getLong("examples"),
                        row.getDouble("accuracy"),
                        EpochMicros.toInstant(row.getLong("recorded_at"))));
    }
}
