// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Rows of {@code tasks}, with their labels and error costs. Belongs to one transaction. */
final class TaskTable {
    private static final String COLUMNS = """
            task_id, kind, input, instruction, score_min, score_max, target_coverage, min_probability, cascade_risk,
            abstain_cost, max_source_share, drifts, revision, created_at, examples""";

    private final Handle handle;

    TaskTable(Handle handle) {
        this.handle = handle;
    }

    /** At most {@code limit} tasks after the id {@code after}, in the order of their ids. */
    List<StoredTask> page(String after, int limit) {
        TaskDetails details = new TaskDetails(handle);
        return handle.createQuery(
                        "SELECT " + COLUMNS + " FROM tasks WHERE task_id > :after ORDER BY task_id LIMIT :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> read(row, details))
                .list();
    }

    Optional<StoredTask> find(TaskId id) {
        TaskDetails details = new TaskDetails(handle);
        return handle.createQuery("SELECT " + COLUMNS + " FROM tasks WHERE task_id = :id")
                .bind("id", id.value())
                .map((row, context) -> read(row, details))
                .findOne();
    }

    /** Inserts the task or replaces its definition; creation time and number of examples stay. */
    void put(StoredTask stored) {
        Task task = stored.task();
        handle.createUpdate("INSERT INTO tasks (" + COLUMNS + """
                        )
                        VALUES (:id, :kind, :input, :instruction, :scoreMin, :scoreMax, :targetCoverage, :minProbability,
                            :cascadeRisk, :abstainCost, :maxSourceShare, :drifts, :revision, :createdAt, :examples)
                        ON CONFLICT (task_id) DO UPDATE SET kind = excluded.kind, input = excluded.input,
                            instruction = excluded.instruction, score_min = excluded.score_min,
                            score_max = excluded.score_max, target_coverage = excluded.target_coverage,
                            min_probability = excluded.min_probability, cascade_risk = excluded.cascade_risk,
                            abstain_cost = excluded.abstain_cost, max_source_share = excluded.max_source_share,
                            drifts = excluded.drifts, revision = excluded.revision""")
                .bind("id", task.id().value())
                .bind("kind", task.kind().name())
                .bind("input", task.input().name())
                .bind("instruction", task.instruction())
                .bind("scoreMin", task.scoreRange().map(ScoreRange::min).orElse(null))
                .bind("scoreMax", task.scoreRange().map(ScoreRange::max).orElse(null))
                .bind("targetCoverage", task.policy().targetCoverage())
                .bind("minProbability", Columns.boxed(task.policy().minProbability()))
                .bind("cascadeRisk", task.policy().cascadeRisk())
                .bind("abstainCost", Columns.boxed(task.policy().abstainCost()))
                .bind("maxSourceShare", Columns.boxed(task.policy().learning().maxSourceShare()))
                .bind("drifts", task.policy().learning().drifts() ? 1 : 0)
                .bind("revision", stored.revision().number())
                .bind("createdAt", EpochMicros.of(stored.createdAt()))
                .bind("examples", stored.examples())
                .execute();
        new TaskDetails(handle).replace(task);
    }

    /** Notes that the task's examples changed. */
    void touch(TaskId id, RevisionId revision, long examples) {
        handle.createUpdate("UPDATE tasks SET revision = :revision, examples = :examples WHERE task_id = :id")
                .bind("revision", revision.number())
                .bind("examples", examples)
                .bind("id", id.value())
                .execute();
    }

    void delete(TaskId id) {
        new TaskDetails(handle).delete(id);
        handle.createUpdate("DELETE FROM tasks WHERE task_id = :id")
                .bind("id", id.value())
                .execute();
    }

    private static StoredTask read(ResultSet row, TaskDetails details) throws SQLException {
        TaskId id = new TaskId(row.getString("task_id"));
        double min = row.getDouble("score_min");
        Optional<ScoreRange> range =
                row.wasNull() ? Optional.empty() : Optional.of(new ScoreRange(min, row.getDouble("score_max")));
        Task task = new Task(
                id,
                Kind.valueOf(row.getString("kind")),
                InputKind.valueOf(row.getString("input")),
                row.getString("instruction"),
                details.labels(id),
                range,
                details.policy(id, row));
        return new StoredTask(
                task,
                new RevisionId(row.getLong("revision")),
                EpochMicros.toInstant(row.getLong("created_at")),
                row.getLong("examples"));
    }
}
