// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.feedback.ByteVector;
import dev.perennial.feedback.GivenAnswer;
import dev.perennial.feedback.KeptPrediction;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import dev.perennial.text.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** Rows of {@code predictions_0} and so on. Belongs to one transaction. */
final class PredictionTable {
    /** As many tables as the migration makes. */
    static final int SEGMENTS = 8;

    private static final int MOST_VALUES_IN_A_STATEMENT = 1_000;

    private static final String EMPTY = """
             SET input_key = NULL, prediction_id = NULL, answered_at = NULL, revision = NULL, stage = NULL, label = NULL,
                labels = NULL, score = NULL, probability = NULL, odds = NULL, member = NULL, vector = NULL, text = NULL,
                text_pair = NULL
            WHERE input_key IS NOT NULL AND task_id = :task""";

    private final Handle handle;

    PredictionTable(Handle handle) {
        this.handle = handle;
    }

    void append(Change change, int segment, List<KeptPrediction> predictions) {
        if (predictions.isEmpty()) {
            return;
        }
        long number = change.reserve("prediction", predictions.size());
        Map<String, Long> members = new HashMap<>();
        PreparedBatch batch = handle.prepareBatch("INSERT INTO predictions_" + segment + """
                 (number, task_id, input_key, prediction_id, answered_at, revision, stage, label, labels, score,
                    probability, odds, member, vector, text, text_pair)
                VALUES (:number, :task, :key, :id, :at, :revision, :stage, :label, :labels, :score, :probability, :odds,
                    :member, :vector, :text, :textPair)""");
        for (KeptPrediction kept : predictions) {
            GivenAnswer given = kept.given();
            batch.bind("number", number++)
                    .bind("task", kept.task().value())
                    .bind("key", kept.key().hex())
                    .bind("id", kept.id())
                    .bind("at", EpochMicros.of(kept.at()))
                    .bind("revision", given.revision().number())
                    .bind("stage", given.stage())
                    .bind("label", given.label().orElse(null))
                    .bind("labels", AnswerJson.labels(given.labels()))
                    .bind("score", number(given.score()))
                    .bind("probability", number(given.probability()))
                    .bind("odds", AnswerJson.odds(given.odds()))
                    .bind(
                            "member",
                            kept.vector()
                                    .map(vector -> members.computeIfAbsent(
                                            vector.member(), digest -> VectorTable.register(change, digest)))
                                    .orElse(null))
                    .bind("vector", kept.vector().map(ByteVector::values).orElse(null))
                    .bind("text", kept.input().map(Input::text).map(Text::value).orElse(null))
                    .bind(
                            "textPair",
                            kept.input()
                                    .flatMap(Input::textPair)
                                    .map(Text::value)
                                    .orElse(null))
                    .add();
        }
        batch.execute();
    }

    /** Deletes all rows of a table, whose pages are overwritten, and none of which is moved. */
    void clear(int segment) {
        handle.execute("DELETE FROM predictions_" + segment);
    }

    Optional<KeptPrediction> find(String id) {
        String sql = "SELECT p.*, m.digest FROM ("
                + IntStream.range(0, SEGMENTS)
                        .mapToObj(segment -> "SELECT * FROM predictions_" + segment + " WHERE prediction_id = :id")
                        .collect(Collectors.joining(" UNION ALL "))
                + ") p LEFT JOIN members m ON m.number = p.member";
        return handle.createQuery(sql)
                .bind("id", id)
                .map((row, context) -> read(row))
                .findFirst();
    }

    /** Vectors of a task by a member, at most so many of each table, from those that were written last. */
    List<ByteVector> vectors(TaskId task, String member, List<Integer> segments, int latest) {
        List<ByteVector> vectors = new ArrayList<>();
        for (int segment : segments) {
            if (vectors.size() < latest) {
                vectors.addAll(handle.createQuery("SELECT p.vector FROM predictions_" + segment + """
                                 p JOIN members m ON m.number = p.member AND m.digest = :member
                                WHERE p.task_id = :task AND p.vector IS NOT NULL
                                ORDER BY p.number DESC LIMIT :limit""")
                        .bind("member", member)
                        .bind("task", task.value())
                        .bind("limit", latest - vectors.size())
                        .map((row, context) -> new ByteVector(member, row.getBytes(1)))
                        .list());
            }
        }
        return vectors;
    }

    /** Empties all rows of a task. Returns how many. */
    int empty(TaskId task) {
        int emptied = 0;
        for (int segment = 0; segment < SEGMENTS; segment++) {
            emptied += handle.createUpdate("UPDATE predictions_" + segment + EMPTY)
                    .bind("task", task.value())
                    .execute();
        }
        return emptied;
    }

    /** Empties the rows of a task about these inputs. Returns how many. */
    int empty(TaskId task, Collection<ContentKey> inputs) {
        List<String> keys = inputs.stream().map(ContentKey::hex).distinct().toList();
        int emptied = 0;
        for (int from = 0; from < keys.size(); from += MOST_VALUES_IN_A_STATEMENT) {
            List<String> some = keys.subList(from, Math.min(keys.size(), from + MOST_VALUES_IN_A_STATEMENT));
            for (int segment = 0; segment < SEGMENTS; segment++) {
                emptied += handle.createUpdate("UPDATE predictions_" + segment + EMPTY + " AND input_key IN (<keys>)")
                        .bind("task", task.value())
                        .bindList("keys", some)
                        .execute();
            }
        }
        return emptied;
    }

    /** Empties the texts of a task. Returns how many there were. */
    int emptyTexts(TaskId task) {
        int emptied = 0;
        for (int segment = 0; segment < SEGMENTS; segment++) {
            emptied += handle.createUpdate("UPDATE predictions_" + segment
                            + " SET text = NULL, text_pair = NULL WHERE text IS NOT NULL AND task_id = :task")
                    .bind("task", task.value())
                    .execute();
        }
        return emptied;
    }

    static @Nullable Double number(OptionalDouble number) {
        return number.isPresent() ? (Double) number.getAsDouble() : null;
    }

    static OptionalDouble number(ResultSet row, String column) throws SQLException {
        double number = row.getDouble(column);
        return row.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(number);
    }

    private static KeptPrediction read(ResultSet row) throws SQLException {
        Optional<Text> pair = Optional.ofNullable(row.getString("text_pair")).map(Text::new);
        GivenAnswer given = new GivenAnswer(
                new RevisionId(row.getLong("revision")),
                row.getString("stage"),
                Optional.ofNullable(row.getString("label")),
                AnswerJson.labels(row.getString("labels")),
                number(row, "score"),
                number(row, "probability"),
                AnswerJson.odds(row.getString("odds")));
        return new KeptPrediction(
                row.getString("prediction_id"),
                new TaskId(row.getString("task_id")),
                EpochMicros.toInstant(row.getLong("answered_at")),
                new ContentKey(row.getString("input_key")),
                given,
                vector(row),
                Optional.ofNullable(row.getString("text")).map(text -> new Input(new Text(text), pair)));
    }

    /** The vector of a row that was joined with the digest of its member. */
    static Optional<ByteVector> vector(ResultSet row) throws SQLException {
        String member = row.getString("digest");
        byte[] values = row.getBytes("vector");
        return member == null || values == null ? Optional.empty() : Optional.of(new ByteVector(member, values));
    }
}
