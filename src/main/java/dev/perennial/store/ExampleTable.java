// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.ContentKey;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.SourceName;
import dev.perennial.task.SourceShare;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingIdentity;
import dev.perennial.text.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Rows of {@code examples}. Belongs to one transaction. */
final class ExampleTable {
    private static final int MOST_VALUES_IN_A_STATEMENT = 1_000;
    static final String COLUMNS = """
            number, task_id, added_revision, added_at, weight, score, content_key, external_id, label, labels, text,
            text_pair, source""";
    private static final String LIVE = " " + """
            FROM examples e WHERE task_id = :task AND removed_revision IS NULL
            AND NOT EXISTS (SELECT 1 FROM example_absences a WHERE a.example = e.number AND a.end_revision IS NULL)""";

    /** With those that are set apart: their identities are taken. */
    private static final String HELD = " " + """
            FROM examples e WHERE task_id = :task AND removed_revision IS NULL
            AND NOT EXISTS (SELECT 1 FROM example_absences a WHERE a.example = e.number AND a.end_revision IS NULL
                AND NOT\s""" + QuarantineTable.IS_QUARANTINE + ")";

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

    /** At most {@code limit} of those that a source taught with a number greater than {@code after}. */
    List<Example> page(TaskId task, SourceName source, long after, int limit) {
        return handle.createQuery("SELECT " + COLUMNS + LIVE
                        + " AND source = :source AND number > :after ORDER BY number LIMIT :limit")
                .bind("task", task.value())
                .bind("source", source.value())
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    /** How much each source has taught, those without one first. */
    List<SourceShare> sources(TaskId task) {
        return handle.createQuery("SELECT source, count(*) AS examples, coalesce(sum(weight), 0) AS weight" + LIVE
                        + " GROUP BY source ORDER BY COALESCE(source, '')")
                .bind("task", task.value())
                .map((row, context) -> new SourceShare(source(row), row.getLong("examples"), row.getDouble("weight")))
                .list();
    }

    /**
     * The examples with one of these external ids or contents, by what tells them apart; no others but by chance.
     *
     * @param contentKeys of teachings without external id
     */
    Map<TeachingIdentity, Held> held(TaskId task, Set<String> externalIds, Set<String> contentKeys) {
        Map<TeachingIdentity, Held> held = new HashMap<>();
        heldBy("external_id", task, externalIds, held);
        heldBy("content_key", task, contentKeys, held);
        return held;
    }

    void insert(TaskId task, Collection<Example> examples) {
        if (examples.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("INSERT INTO examples (" + COLUMNS + """
                )
                VALUES (:number, :task, :revision, :at, :weight, :score, :key, :externalId, :label, :labels, :text,
                    :textPair, :source)""");
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
                    .bind("source", teaching.source().map(SourceName::value).orElse(null))
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
                    external_id = NULL, label = NULL, labels = NULL, text = NULL, text_pair = NULL,
                    source = NULL
                WHERE number = :number""");
        for (long number : numbers) {
            batch.bind("revision", removedBy.number()).bind("number", number).add();
        }
        batch.execute();
    }

    private void heldBy(String column, TaskId task, Set<String> values, Map<TeachingIdentity, Held> held) {
        List<String> distinct = List.copyOf(values);
        for (int from = 0; from < distinct.size(); from += MOST_VALUES_IN_A_STATEMENT) {
            int to = Math.min(distinct.size(), from + MOST_VALUES_IN_A_STATEMENT);
            handle.createQuery("SELECT number, content_key, external_id, source" + HELD + " AND " + column
                            + " IN (<values>)")
                    .bind("task", task.value())
                    .bindList("values", distinct.subList(from, to))
                    .map((row, context) ->
                            held.put(identity(row), new Held(row.getLong("number"), row.getString("content_key"))))
                    .list();
        }
    }

    private static TeachingIdentity identity(ResultSet row) throws SQLException {
        ContentKey key = new ContentKey(row.getString("content_key"));
        return TeachingIdentity.of(source(row), Optional.ofNullable(row.getString("external_id")), () -> key);
    }

    private static Optional<SourceName> source(ResultSet row) throws SQLException {
        return Optional.ofNullable(row.getString("source")).map(SourceName::new);
    }

    static Example read(ResultSet row) throws SQLException {
        Optional<Text> pair = Optional.ofNullable(row.getString("text_pair")).map(Text::new);
        Teaching teaching = new Teaching(
                new Input(new Text(row.getString("text")), pair),
                Answers.read(row),
                Optional.ofNullable(row.getString("external_id")),
                row.getDouble("weight"),
                source(row));
        return new Example(
                ExampleId.of(row.getLong("number")),
                teaching,
                new ContentKey(row.getString("content_key")),
                new RevisionId(row.getLong("added_revision")),
                EpochMicros.toInstant(row.getLong("added_at")));
    }
}
