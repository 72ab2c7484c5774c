// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Rows of {@code task_labels} and {@code task_error_costs}. Belongs to one transaction. */
final class TaskDetails {
    private final Handle handle;

    TaskDetails(Handle handle) {
        this.handle = handle;
    }

    List<Label> labels(TaskId id) {
        return handle.createQuery("SELECT name, description FROM task_labels WHERE task_id = :id ORDER BY position")
                .bind("id", id.value())
                .map((row, context) -> new Label(row.getString("name"), row.getString("description")))
                .list();
    }

    /** The policy of the task whose row this is. */
    Policy policy(TaskId id, ResultSet row) throws SQLException {
        return new Policy(
                row.getDouble("target_coverage"),
                Columns.optionalDouble(row, "min_probability"),
                row.getDouble("cascade_risk"),
                Columns.optionalDouble(row, "abstain_cost"),
                errorCosts(id),
                new Policy.Learning(Columns.optionalDouble(row, "max_source_share"), row.getLong("drifts") == 1));
    }

    void replace(Task task) {
        delete(task.id());
        insertLabels(task);
        insertErrorCosts(task);
    }

    void delete(TaskId id) {
        handle.createUpdate("DELETE FROM task_labels WHERE task_id = :id")
                .bind("id", id.value())
                .execute();
        handle.createUpdate("DELETE FROM task_error_costs WHERE task_id = :id")
                .bind("id", id.value())
                .execute();
    }

    private Map<String, Map<String, Double>> errorCosts(TaskId id) {
        Map<String, Map<String, Double>> costs = new HashMap<>();
        handle.createQuery("SELECT truth, answered, cost FROM task_error_costs WHERE task_id = :id")
                .bind("id", id.value())
                .map((row, context) -> costs.computeIfAbsent(row.getString("truth"), truth -> new HashMap<>())
                        .put(row.getString("answered"), row.getDouble("cost")))
                .list();
        return costs;
    }

    private void insertLabels(Task task) {
        if (task.labels().isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch(
                "INSERT INTO task_labels (task_id, position, name, description) VALUES (:id, :position, :name, :description)");
        for (int i = 0; i < task.labels().size(); i++) {
            Label label = task.labels().get(i);
            batch.bind("id", task.id().value())
                    .bind("position", i)
                    .bind("name", label.name())
                    .bind("description", label.description())
                    .add();
        }
        batch.execute();
    }

    private void insertErrorCosts(Task task) {
        task.policy()
                .errorCosts()
                .forEach((truth, costs) -> costs.forEach((answered, cost) -> handle.createUpdate(
                                "INSERT INTO task_error_costs (task_id, truth, answered, cost) VALUES (:id, :truth, :answered, :cost)")
                        .bind("id", task.id().value())
                        .bind("truth", truth)
                        .bind("answered", answered)
                        .bind("cost", cost)
                        .execute()));
    }
}
