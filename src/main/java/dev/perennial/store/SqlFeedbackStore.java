// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.feedback.FeedbackStore;
import dev.perennial.feedback.Mistake;
import dev.perennial.feedback.Scores;
import dev.perennial.feedback.TestedAnswer;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.text.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/** What feedback said of answers, in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlFeedbackStore implements FeedbackStore {
    private final Database database;

    public SqlFeedbackStore(Database database) {
        this.database = database;
    }

    @Override
    public boolean keep(TestedAnswer answer, Optional<Mistake> mistake, Bounds bounds) {
        return database.write(change -> {
            Handle handle = change.handle();
            if (new TaskTable(handle).find(answer.task()).isEmpty() || isTested(handle, answer)) {
                return false;
            }
            insert(handle, change.reserve("tested_answer", 1), answer);
            retainLatest(handle, answer.task(), bounds.answers());
            // An example that was erased in the meantime is not heard of again.
            mistake.filter(wrong -> isThere(handle, wrong.task(), wrong.exampleId()))
                    .ifPresent(wrong -> {
                        MistakeTable mistakes = new MistakeTable(handle);
                        mistakes.add(change, wrong);
                        int emptied = mistakes.retainLatest(wrong.task(), bounds.mistakes());
                        change.reserve("emptied", emptied);
                    });
            return true;
        });
    }

    private static boolean isTested(Handle handle, TestedAnswer answer) {
        return answer.predictionId().isPresent()
                && handle.createQuery(
                                        "SELECT count(*) FROM tested_answers WHERE prediction_id = :id AND task_id = :task")
                                .bind("id", answer.predictionId().get())
                                .bind("task", answer.task().value())
                                .mapTo(long.class)
                                .one()
                        > 0;
    }

    private static boolean isThere(Handle handle, TaskId task, String exampleId) {
        return new PastExamples(handle)
                .find(task, ExampleId.parse(exampleId).orElse(0))
                .isPresent();
    }

    private static void insert(Handle handle, long number, TestedAnswer answer) {
        Scores scores = answer.scores();
        handle.createUpdate("""
                        INSERT INTO tested_answers (number, task_id, tested_at, revision, stage, prediction_id, correct,
                            abstained, answered, truth, brier, log_loss, absolute_error)
                        VALUES (:number, :task, :at, :revision, :stage, :prediction, :right, :abstained, :answered,
                            :truth, :brier, :logLoss, :error)""")
                .bind("number", number)
                .bind("task", answer.task().value())
                .bind("at", EpochMicros.of(answer.at()))
                .bind("revision", answer.revision().number())
                .bind("stage", answer.stage())
                .bind("prediction", answer.predictionId().orElse(null))
                .bind("right", scores.right() ? 1 : 0)
                .bind("abstained", scores.abstained() ? 1 : 0)
                .bind("answered", PredictionTable.number(scores.answered()))
                .bind("truth", PredictionTable.number(scores.truth()))
                .bind("brier", PredictionTable.number(scores.brier()))
                .bind("logLoss", PredictionTable.number(scores.logLoss()))
                .bind("error", PredictionTable.number(scores.absoluteError()))
                .execute();
    }

    private static void retainLatest(Handle handle, TaskId task, int most) {
        handle.createUpdate("""
                        DELETE FROM tested_answers WHERE task_id = :task AND number <= (
                            SELECT number FROM tested_answers WHERE task_id = :task
                            ORDER BY number DESC LIMIT 1 OFFSET :most)""").bind("task", task.value()).bind("most", most).execute();
    }

    @Override
    public void correct(Truth truth) {
        if (database.<List<Mistake>>read(handle -> new MistakeTable(handle).correctedBefore(truth))
                .isEmpty()) {
            return;
        }
        database.write(change -> {
            Handle handle = change.handle();
            Optional<Task> task = new TaskTable(handle).find(truth.task()).map(StoredTask::task);
            if (task.isEmpty() || !isThere(handle, truth.task(), truth.exampleId())) {
                return 0;
            }
            MistakeTable mistakes = new MistakeTable(handle);
            List<Mistake> before = mistakes.correctedBefore(truth);
            before.forEach(mistake -> {
                if (mistake.said()
                        .answered()
                        .filter(said -> said.agrees(truth.answer(), task.get()))
                        .isPresent()) {
                    change.reserve("emptied", mistakes.empty(mistake));
                } else {
                    mistakes.correct(mistake, truth);
                }
            });
            return before.size();
        });
    }

    @Override
    public List<TestedAnswer> latest(TaskId task, int most) {
        List<TestedAnswer> latest = new ArrayList<>(database.read(handle -> handle.createQuery(
                        "SELECT * FROM tested_answers WHERE task_id = :task ORDER BY number DESC LIMIT :most")
                .bind("task", task.value())
                .bind("most", most)
                .map((row, context) -> read(task, row))
                .list()));
        Collections.reverse(latest);
        return List.copyOf(latest);
    }

    private static TestedAnswer read(TaskId task, ResultSet row) throws SQLException {
        return new TestedAnswer(
                task,
                EpochMicros.toInstant(row.getLong("tested_at")),
                new RevisionId(row.getLong("revision")),
                row.getString("stage"),
                Optional.ofNullable(row.getString("prediction_id")),
                new Scores(
                        row.getLong("correct") == 1,
                        row.getLong("abstained") == 1,
                        PredictionTable.number(row, "answered"),
                        PredictionTable.number(row, "truth"),
                        PredictionTable.number(row, "brier"),
                        PredictionTable.number(row, "log_loss"),
                        PredictionTable.number(row, "absolute_error")));
    }

    @Override
    public List<Mistake> mistakes(Optional<TaskId> task, String before, int limit) {
        return database.read(handle -> new MistakeTable(handle).page(task, before, limit));
    }

    @Override
    public long mistakes(TaskId task) {
        return database.read(handle -> new MistakeTable(handle).count(task));
    }

    /** Deletes or empties all that is kept of a task. Returns how many rows were emptied. */
    static int removeAll(Handle handle, TaskId task) {
        handle.createUpdate("DELETE FROM tested_answers WHERE task_id = :task")
                .bind("task", task.value())
                .execute();
        return new MistakeTable(handle).empty(task) + SqlPredictionStore.removeAll(handle, task);
    }

    /** Empties what is kept of answers about the same inputs as these examples, which are about to be erased. */
    static int removeAbout(Handle handle, Collection<Long> examples) {
        Map<TaskId, List<ContentKey>> inputsByTask =
                new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
        for (long number : examples) {
            handle.createQuery(
                            "SELECT task_id, text, text_pair FROM examples WHERE number = :number AND text IS NOT NULL")
                    .bind("number", number)
                    .map((row, context) -> inputsByTask
                            .computeIfAbsent(new TaskId(row.getString("task_id")), first -> new ArrayList<>())
                            .add(key(row)))
                    .list();
        }
        int emptied = 0;
        for (Map.Entry<TaskId, List<ContentKey>> inputs : inputsByTask.entrySet()) {
            emptied += new MistakeTable(handle).empty(inputs.getKey(), inputs.getValue());
            emptied += new PredictionTable(handle).empty(inputs.getKey(), inputs.getValue());
        }
        return emptied;
    }

    private static ContentKey key(ResultSet row) throws SQLException {
        Optional<Text> pair = Optional.ofNullable(row.getString("text_pair")).map(Text::new);
        return ContentKey.of(new Input(new Text(row.getString("text")), pair));
    }
}
