// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.ContentKey;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Rows of {@code examples}. Belongs to one transaction. */
final class ExampleTable {
    private static final int MOST_VALUES_IN_A_STATEMENT = 1_000;
    static final String COLUMNS = """
            number, task_id, added_revision, added_at, weight, score, content_key, external_id, label, labels, text,
            text_pair""";
    private static final String LIVE = " " + """
            FROM examples e WHERE task_id = :task AND removed_revision IS NULL
            AND NOT EXISTS (SELECT 1 FROM example_absences a WHERE a.example = e.number AND a.end_revision IS NULL)""";

    /** An example that is there already. */
    record Held(long number, String contentKey) {}

    private final Handle handle;

    ExampleTable(Handle handle) {
        this.handle = handle;
    }

    /** At most {@code limit} examples with a number greater than {@code after}, in the order of teaching. */
    List<Example> page(TaskId task, long after, int limit) {
        return handle.createQuery("SELECT " + COLUMNS + LIVE + " AND number > :after ORDER BY number LIMIT :limit")
                .bind("task", task.value())
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    Optional<Example> find(TaskId task, long number) {
        return handle.createQuery("SELECT " + COLUMNS + LIVE + " AND number = :number")
                .bind("task", task.value())
                .bind("number", number)
                .map((row, context) -> read(row))
                .findOne();
    }

    List<Long> numbers(TaskId task) {
        return handle.createQuery("SELECT number" + LIVE)
                .bind("task", task.value())
                .mapTo(Long.class)
                .list();
    }

    /** The examples without external id that hold one of these contents, by content key. */
    Map<String, Held> heldByContentKey(TaskId task, Collection<String> keys) {
        return heldBy("content_key", task, keys, " AND external_id IS NULL");
    }

    /** The examples with these external ids, by external id. */
    Map<String, Held> heldByExternalId(TaskId task, Collection<String> externalIds) {
        return heldBy("external_id", task, externalIds, "");
    }

    void insert(TaskId task, Collection<Example> examples) {
        if (examples.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("INSERT INTO examples (" + COLUMNS + """
                )
                VALUES (:number, :task, :revision, :at, :weight, :score, :key, :externalId, :label, :labels, :text,
                    :textPair)""");
        for (Example example : examples) {
            Teaching teaching = example.teaching();
            batch.bind("number", ExampleId.numberOf(example))
                    .bind("task", task.value())
                    .bind("revision", example.addedBy().number())
                    .bind("at", EpochMicros.of(example.addedAt()))
                    .bind("weight", teaching.weight())
                    .bind("score", Answers.score(teaching.answer()))
                    .bind("key", example.key().hex())
                    .bind("externalId", teaching.externalId().orElse(null))
                    .bind("label", Answers.label(teaching.answer()))
                    .bind("labels", Answers.labels(teaching.answer()))
                    .bind("text", teaching.input().text().value())
                    .bind(
                            "textPair",
                            teaching.input().textPair().map(Text::value).orElse(null))
                    .add();
        }
        batch.execute();
    }

    /** Turns the examples into tombstones, which keep only the number, the task and the revisions. */
    void empty(Collection<Long> numbers, RevisionId removedBy) {
        if (numbers.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                UPDATE examples
                SET removed_revision = :revision, added_at = 0, weight = NULL, score = NULL, content_key = NULL,
                    external_id = NULL, label = NULL, labels = NULL, text = NULL, text_pair = NULL
                WHERE number = :number""");
        for (long number : numbers) {
            batch.bind("revision", removedBy.number()).bind("number", number).add();
        }
        batch.execute();
    }

    private Map<String, Held> heldBy(String column, TaskId task, Collection<String> values, String condition) {
        Map<String, Held> held = new HashMap<>();
        List<String> distinct = values.stream().distinct().toList();
        for (int from = 0; from < distinct.size(); from += MOST_VALUES_IN_A_STATEMENT) {
            int to = Math.min(distinct.size(), from + MOST_VALUES_IN_A_STATEMENT);
            handle.createQuery("SELECT number, content_key, " + column + " AS held_by" + LIVE + condition + " AND "
                            + column + " IN (<values>)")
                    .bind("task", task.value())
                    .bindList("values", distinct.subList(from, to))
                    .map((row, context) -> held.put(
                            row.getString("held_by"), new Held(row.getLong("number"), row.getString("content_key"))))
                    .list();
        }
        return held;
    }

    static Example read(ResultSet row) throws SQLException {
        Optional<Text> pair = Optional.ofNullable(row.getString("text_pair")).map(Text::new);
        Teaching teaching = new Teaching(
                new Input(new Text(row.getString("text")), pair),
                Answers.read(row),
                Optional.ofNullable(row.getString("external_id")),
                row.getDouble("weight"));
        return new Example(
                ExampleId.of(row.getLong("number")),
                teaching,
                new ContentKey(row.getString("content_key")),
                new RevisionId(row.getLong("added_revision")),
                EpochMicros.toInstant(row.getLong("added_at")));
    }
}
