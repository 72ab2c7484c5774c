// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.feedback.ByteVector;
import dev.perennial.feedback.FeedbackStore.Truth;
import dev.perennial.feedback.Mistake;
import dev.perennial.task.ContentKey;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;

/** Rows of {@code mistakes}. Belongs to one transaction. */
final class MistakeTable {
    private static final Pattern ID = Pattern.compile("mi_([0-9]{16})");

    private static final String EMPTY = """
            UPDATE mistakes
            SET input_key = NULL, example = NULL, corrected_at = NULL, revision = NULL, stage = NULL, prediction_id = NULL,
                probability = NULL, answered = NULL, label = NULL, labels = NULL, score = NULL, member = NULL,
                vector = NULL
            WHERE example IS NOT NULL AND\s""";

    private final Handle handle;

    MistakeTable(Handle handle) {
        this.handle = handle;
    }

    static String id(long number) {
        return String.format("mi_%016d", number);
    }

    /** Of an id; greater than all where it is none. */
    private static long number(String id) {
        Matcher matcher = ID.matcher(id);
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : Long.MAX_VALUE;
    }

    void add(Change change, Mistake mistake) {
        Mistake.Said said = mistake.said();
        handle.createUpdate("""
                        INSERT INTO mistakes (number, task_id, input_key, example, corrected_at, revision, stage,
                            prediction_id, probability, answered, label, labels, score, member, vector)
                        VALUES (:number, :task, :key, :example, :at, :revision, :stage, :prediction, :probability,
                            :answered, :label, :labels, :score, :member, :vector)""")
                .bind("number", change.reserve("mistake", 1))
                .bind("task", mistake.task().value())
                .bind("key", mistake.key().hex())
                .bind("example", ExampleId.parse(mistake.exampleId()).orElseThrow())
                .bind("at", EpochMicros.of(mistake.at()))
                .bind("revision", said.revision().number())
                .bind("stage", said.stage())
                .bind("prediction", said.predictionId().orElse(null))
                .bind("probability", PredictionTable.number(said.probability()))
                .bind("answered", AnswerJson.answer(said.answered()))
                .bind("label", Answers.label(said.right()))
                .bind("labels", Answers.labels(said.right()))
                .bind("score", Answers.score(said.right()))
                .bind(
                        "member",
                        mistake.vector()
                                .map(vector -> VectorTable.register(change, vector.member()))
                                .orElse(null))
                .bind("vector", mistake.vector().map(ByteVector::values).orElse(null))
                .execute();
    }

    List<Mistake> page(Optional<TaskId> task, String before, int limit) {
        Query query = handle.createQuery("""
                        SELECT x.*, m.digest FROM mistakes x LEFT JOIN members m ON m.number = x.member
                        WHERE x.example IS NOT NULL AND x.number < :before"""
                        + (task.isPresent() ? " AND x.task_id = :task" : "")
                        + " ORDER BY x.number DESC LIMIT :limit")
                .bind("before", number(before))
                .bind("limit", limit);
        task.ifPresent(one -> query.bind("task", one.value()));
        return query.map((row, context) -> read(row)).list();
    }

    /** Those that were corrected by what a truth replaced. */
    List<Mistake> correctedBefore(Truth truth) {
        return handle.createQuery("""
                        SELECT x.*, m.digest
                        FROM mistakes x
                            JOIN examples earlier ON earlier.number = x.example
                            JOIN examples latest ON latest.number = :latest AND earlier.number < latest.number
                            LEFT JOIN members m ON m.number = x.member
                        WHERE x.task_id = :task AND x.input_key = :key AND x.example IS NOT NULL
                            AND earlier.external_id = latest.external_id
                            AND COALESCE(earlier.source, '') = COALESCE(latest.source, '')""")
                .bind("latest", ExampleId.parse(truth.exampleId()).orElseThrow())
                .bind("task", truth.task().value())
                .bind("key", truth.key().hex())
                .map((row, context) -> read(row))
                .list();
    }

    void correct(Mistake mistake, Truth truth) {
        handle.createUpdate("""
                        UPDATE mistakes
                        SET example = :example, corrected_at = :at, label = :label, labels = :labels, score = :score
                        WHERE number = :number""")
                .bind("example", ExampleId.parse(truth.exampleId()).orElseThrow())
                .bind("at", EpochMicros.of(truth.at()))
                .bind("label", Answers.label(truth.answer()))
                .bind("labels", Answers.labels(truth.answer()))
                .bind("score", Answers.score(truth.answer()))
                .bind("number", number(mistake.id()))
                .execute();
    }

    /** Empties one. Returns how many. */
    int empty(Mistake mistake) {
        return handle.createUpdate(EMPTY + "number = :number")
                .bind("number", number(mistake.id()))
                .execute();
    }

    long count(TaskId task) {
        return handle.createQuery("SELECT count(*) FROM mistakes WHERE task_id = :task AND example IS NOT NULL")
                .bind("task", task.value())
                .mapTo(long.class)
                .one();
    }

    /** Empties all but the latest ones of a task. Returns how many. */
    int retainLatest(TaskId task, int most) {
        return handle.createUpdate(EMPTY + """
                        task_id = :task AND number <= (SELECT number FROM mistakes
                            WHERE task_id = :task AND example IS NOT NULL ORDER BY number DESC LIMIT 1 OFFSET :most)""")
                .bind("task", task.value())
                .bind("most", most)
                .execute();
    }

    /** Empties all of a task. Returns how many. */
    int empty(TaskId task) {
        return handle.createUpdate(EMPTY + "task_id = :task")
                .bind("task", task.value())
                .execute();
    }

    /** Empties those of a task about these inputs. Returns how many. */
    int empty(TaskId task, Collection<ContentKey> inputs) {
        Set<String> keys = new HashSet<>();
        inputs.forEach(key -> keys.add(key.hex()));
        List<Long> numbers = handle
                .createQuery("SELECT number, input_key FROM mistakes WHERE task_id = :task AND example IS NOT NULL")
                .bind("task", task.value())
                .map((row, context) -> keys.contains(row.getString("input_key")) ? row.getLong("number") : 0L)
                .stream()
                .filter(number -> number > 0)
                .toList();
        if (!numbers.isEmpty()) {
            PreparedBatch batch = handle.prepareBatch(EMPTY + "number = :number");
            numbers.forEach(number -> batch.bind("number", number).add());
            batch.execute();
        }
        return numbers.size();
    }

    /** Empties those that were corrected by these examples. Returns how many. */
    int emptyOf(Collection<Long> examples) {
        int emptied = 0;
        for (long example : examples) {
            emptied += handle.createUpdate(EMPTY + "example = :example")
                    .bind("example", example)
                    .execute();
        }
        return emptied;
    }

    private static Mistake read(ResultSet row) throws SQLException {
        return new Mistake(
                id(row.getLong("number")),
                new TaskId(row.getString("task_id")),
                EpochMicros.toInstant(row.getLong("corrected_at")),
                new Mistake.Said(
                        AnswerJson.answer(row.getString("answered")),
                        Answers.read(row),
                        PredictionTable.number(row, "probability"),
                        new RevisionId(row.getLong("revision")),
                        row.getString("stage"),
                        Optional.ofNullable(row.getString("prediction_id"))),
                ExampleId.of(row.getLong("example")),
                new ContentKey(row.getString("input_key")),
                PredictionTable.vector(row));
    }
}
