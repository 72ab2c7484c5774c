// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.feedback.ByteVector;
import dev.perennial.feedback.KeptPrediction;
import dev.perennial.feedback.PredictionStore;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.AuditEvent.Subject;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Answers in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlPredictionStore implements PredictionStore {
    /** An answer waits a second or some to be written, in which there are fewer. */
    private static final int RECENT_EVENTS = 10_000;

    private static final String LAST_ERASURE = """
            SELECT COALESCE(MAX(revision), 0) FROM audit_events
            WHERE subject_kind = 'task' AND subject = :task AND removed > 0 AND taught = 0
                AND number > (SELECT COALESCE(MAX(number), 0) FROM audit_events) - :recent""";

    private final Database database;

    public SqlPredictionStore(Database database) {
        this.database = database;
    }

    @Override
    public void keep(List<KeptPrediction> predictions, Bounds bounds, Instant now) {
        if (predictions.isEmpty() && !hasExpired(bounds, now)) {
            return;
        }
        database.write(change -> {
            Map<String, Long> erasures = erasures(change.handle(), predictions);
            Set<TaskId> withTexts = keepingTexts(change.handle());
            PredictionSegments segments = new PredictionSegments(change, bounds);
            segments.expire(now);
            segments.append(predictions.stream()
                    .filter(kept -> isAfter(kept, erasures))
                    .map(kept -> withTexts.contains(kept.task()) ? kept : kept.withoutText())
                    .toList());
            return predictions.size();
        });
    }

    /**
     * Of each task that is there: the last revision that erased texts of it, or removed the last one before it of its
     * name; 0 when there was none.
     */
    private static Map<String, Long> erasures(Handle handle, List<KeptPrediction> predictions) {
        Map<String, Long> erasures = removals(handle);
        predictions.stream()
                .map(kept -> kept.task().value())
                .distinct()
                .filter(erasures::containsKey)
                .forEach(task -> erasures.merge(task, lastErasure(handle, task), Math::max));
        return erasures;
    }

    private static long lastErasure(Handle handle, String task) {
        return handle.createQuery(LAST_ERASURE)
                .bind("task", task)
                .bind("recent", RECENT_EVENTS)
                .mapTo(long.class)
                .one();
    }

    private static Map<String, Long> removals(Handle handle) {
        Map<String, Long> removals = new HashMap<>();
        handle.createQuery("""
                        SELECT task_id, (SELECT COALESCE(MAX(number), 0) FROM revisions
                            WHERE revisions.task_id = tasks.task_id AND cause = 'remove') AS removed
                        FROM tasks""")
                .map((row, context) -> removals.put(row.getString("task_id"), row.getLong("removed")))
                .list();
        return removals;
    }

    /**
     * What was answered before something was erased may be about what was erased, and another process may have answered
     * it, which writes it later. Whoever answered has it in memory all the same.
     */
    private static boolean isAfter(KeptPrediction kept, Map<String, Long> erasures) {
        Long erased = erasures.get(kept.task().value());
        return erased != null && kept.given().revision().number() > erased;
    }

    private boolean hasExpired(Bounds bounds, Instant now) {
        return database.read(handle -> PredictionSegments.hasExpired(handle, bounds, now));
    }

    @Override
    public Optional<KeptPrediction> find(String id) {
        return database.read(handle -> new PredictionTable(handle).find(id));
    }

    @Override
    public List<ByteVector> vectors(TaskId task, String member, int latest) {
        return database.read(handle ->
                new PredictionTable(handle).vectors(task, member, PredictionSegments.latestFirst(handle), latest));
    }

    @Override
    public Set<TaskId> keepingTexts() {
        return database.read(SqlPredictionStore::keepingTexts);
    }

    private static Set<TaskId> keepingTexts(Handle handle) {
        return Set.copyOf(handle.createQuery("SELECT task_id FROM texts_kept")
                .map((row, context) -> new TaskId(row.getString(1)))
                .list());
    }

    @Override
    public void keepTexts(TaskId task, boolean wanted, Instant now) {
        database.write(change -> {
            Handle handle = change.handle();
            if (new TaskTable(handle).find(task).isEmpty()) {
                throw new Refusal.NotFound("task", task.value());
            }
            if (wanted) {
                keepTexts(change, task, now);
            } else {
                if (keepNoTexts(handle, task) > 0) {
                    change.tell("task.keep-no-texts", Subject.task(task), now);
                }
                change.erasesBytes(new PredictionTable(handle).emptyTexts(task));
            }
            return wanted;
        });
    }

    /** Has texts of a task kept that is there. */
    static void keepTexts(Change change, TaskId task, Instant now) {
        int changed = change.handle()
                .createUpdate("INSERT INTO texts_kept (task_id) VALUES (:task) ON CONFLICT DO NOTHING")
                .bind("task", task.value())
                .execute();
        if (changed > 0) {
            change.tell("task.keep-texts", Subject.task(task), now);
        }
    }

    private static int keepNoTexts(Handle handle, TaskId task) {
        return handle.createUpdate("DELETE FROM texts_kept WHERE task_id = :task")
                .bind("task", task.value())
                .execute();
    }

    @Override
    public Size size() {
        return database.read(handle -> handle.createQuery(
                        "SELECT COALESCE(SUM(held), 0), COALESCE(SUM(bytes), 0) FROM prediction_segments")
                .map((row, context) -> new Size(row.getLong(1), row.getLong(2)))
                .one());
    }

    /** Empties all that is kept of a task's answers. Returns how many there were. */
    static int removeAll(Handle handle, TaskId task) {
        keepNoTexts(handle, task);
        return new PredictionTable(handle).empty(task);
    }
}
