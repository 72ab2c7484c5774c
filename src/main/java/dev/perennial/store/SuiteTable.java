// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.evaluate.Suite;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Rows of {@code suites} and {@code suite_rows}. Belongs to one transaction. */
final class SuiteTable {
    private static final String LIVE = " FROM suite_rows WHERE task_id = :task AND text IS NOT NULL";

    private final Handle handle;

    SuiteTable(Handle handle) {
        this.handle = handle;
    }

    Optional<Suite> find(TaskId task) {
        return handle.createQuery("SELECT digest, revision, created_at FROM suites WHERE task_id = :task")
                .bind("task", task.value())
                .map((row, context) -> new Suite(
                        task,
                        row.getString("digest"),
                        new RevisionId(row.getLong("revision")),
                        count(task),
                        labels(task),
                        EpochMicros.toInstant(row.getLong("created_at"))))
                .findOne();
    }

    List<Suite.Row> rows(TaskId task, long from, int limit) {
        return handle.createQuery("SELECT position, weight, score, external_id, label, labels, text, text_pair" + LIVE
                        + " AND position >= :from ORDER BY number LIMIT :limit")
                .bind("task", task.value())
                .bind("from", from)
                .bind("limit", limit)
                .map((row, context) -> new Suite.Row(row.getLong("position"), teaching(row)))
                .list();
    }

    /**
     * Appends rows and names them as the task's suite.
     *
     * @param first the first of their numbers
     */
    void insert(Suite suite, List<Teaching> rows, long first) {
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO suite_rows (number, task_id, position, weight, score, external_id, label, labels, text,
                    text_pair)
                VALUES (:number, :task, :position, :weight, :score, :externalId, :label, :labels, :text, :textPair)""");
        for (int i = 0; i < rows.size(); i++) {
            Teaching row = rows.get(i);
            batch.bind("number", first + i)
                    .bind("task", suite.task().value())
                    .bind("position", i)
                    .bind("weight", row.weight())
                    .bind("score", Answers.score(row.answer()))
                    .bind("externalId", row.externalId().orElse(null))
                    .bind("label", Answers.label(row.answer()))
                    .bind("labels", Answers.labels(row.answer()))
                    .bind("text", row.input().text().value())
                    .bind("textPair", row.input().textPair().map(Text::value).orElse(null))
                    .add();
        }
        batch.execute();
        handle.createUpdate(
                        "INSERT INTO suites (task_id, digest, revision, created_at) VALUES (:task, :digest, :revision, :at)")
                .bind("task", suite.task().value())
                .bind("digest", suite.digest())
                .bind("revision", suite.revision().number())
                .bind("at", EpochMicros.of(suite.createdAt()))
                .execute();
    }

    /** Empties the rows of a task's suite, and deletes how well it was answered. Returns how many rows there were. */
    int remove(TaskId task) {
        SqlSuiteAccuracyStore.removeAll(handle, task);
        handle.createUpdate("DELETE FROM suites WHERE task_id = :task")
                .bind("task", task.value())
                .execute();
        return handle.createUpdate("""
                        UPDATE suite_rows
                        SET weight = NULL, score = NULL, external_id = NULL, label = NULL, labels = NULL, text = NULL,
                            text_pair = NULL
                        WHERE task_id = :task AND text IS NOT NULL""").bind("task", task.value()).execute();
    }

    private long count(TaskId task) {
        return handle.createQuery("SELECT count(*)" + LIVE)
                .bind("task", task.value())
                .mapTo(long.class)
                .one();
    }

    private List<String> labels(TaskId task) {
        TreeSet<String> labels = new TreeSet<>();
        handle.createQuery("SELECT DISTINCT label, labels, score" + LIVE + " AND score IS NULL")
                .bind("task", task.value())
                .map((row, context) -> Answers.read(row))
                .forEach(answer -> answer.addLabelsTo(labels));
        return List.copyOf(labels);
    }

    private static Teaching teaching(ResultSet row) throws SQLException {
        Optional<Text> pair = Optional.ofNullable(row.getString("text_pair")).map(Text::new);
        return new Teaching(
                new Input(new Text(row.getString("text")), pair),
                Answers.read(row),
                Optional.ofNullable(row.getString("external_id")),
                row.getDouble("weight"));
    }

    /** The same suite as what a change that takes place now makes of it. */
    static Suite of(TaskId task, List<Teaching> rows, RevisionId revision, Instant now) {
        TreeSet<String> labels = new TreeSet<>();
        rows.forEach(row -> row.answer().addLabelsTo(labels));
        return new Suite(task, Suite.digest(rows), revision, rows.size(), List.copyOf(labels), now);
    }
}
