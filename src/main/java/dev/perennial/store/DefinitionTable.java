// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jdbi.v3.core.Handle;

/** Rows of {@code task_definitions}: what a task was asked, from each revision on. Belongs to one transaction. */
final class DefinitionTable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Handle handle;

    DefinitionTable(Handle handle) {
        this.handle = handle;
    }

    /**
     * Notes that a definition counts from a revision on.
     *
     * @param before what the task was until then; counts for everything that is not noted
     */
    void note(Optional<StoredTask> before, Task task, RevisionId revision) {
        before.filter(old -> first(task.id()).isEmpty()).ifPresent(old -> insert(old.task(), new RevisionId(0)));
        insert(task, revision);
    }

    /** The definition at a revision; empty when none was ever replaced. */
    Optional<Task> at(TaskId id, RevisionId revision) {
        return handle.createQuery("""
                        SELECT definition FROM task_definitions
                        WHERE task_id = :task AND revision <= :revision ORDER BY revision DESC LIMIT 1""")
                .bind("task", id.value())
                .bind("revision", revision.number())
                .mapTo(String.class)
                .findOne()
                .map(json -> read(id, json));
    }

    /**
     * Deletes the definitions that none of some revisions needs; returns how many.
     *
     * @param first this one and all later ones need theirs
     * @param earlier so do these
     */
    int retain(TaskId id, RevisionId first, Collection<RevisionId> earlier) {
        int deleted = 0;
        List<Long> from = handle.createQuery(
                        "SELECT revision FROM task_definitions WHERE task_id = :task ORDER BY revision")
                .bind("task", id.value())
                .mapTo(Long.class)
                .list();
        for (int i = 0; i + 1 < from.size(); i++) {
            long begin = from.get(i);
            long end = from.get(i + 1);
            boolean needed = end > first.number()
                    || earlier.stream().anyMatch(revision -> begin <= revision.number() && revision.number() < end);
            if (!needed) {
                deleted += handle.createUpdate(
                                "DELETE FROM task_definitions WHERE task_id = :task AND revision = :revision")
                        .bind("task", id.value())
                        .bind("revision", begin)
                        .execute();
            }
        }
        return deleted;
    }

    void delete(TaskId id) {
        handle.createUpdate("DELETE FROM task_definitions WHERE task_id = :task")
                .bind("task", id.value())
                .execute();
    }

    private Optional<Long> first(TaskId id) {
        return handle.createQuery("SELECT revision FROM task_definitions WHERE task_id = :task LIMIT 1")
                .bind("task", id.value())
                .mapTo(Long.class)
                .findOne();
    }

    private void insert(Task task, RevisionId revision) {
        handle.createUpdate("""
                        INSERT INTO task_definitions (task_id, revision, definition)
                        VALUES (:task, :revision, :definition)""")
                .bind("task", task.id().value())
                .bind("revision", revision.number())
                .bind("definition", write(task))
                .execute();
    }

    private static String write(Task task) {
        ObjectNode json = JSON.createObjectNode();
        json.put("kind", task.kind().name()).put("input", task.input().name()).put("instruction", task.instruction());
        task.scoreRange().ifPresent(range -> json.put("score_min", range.min()).put("score_max", range.max()));
        ArrayNode labels = json.putArray("labels");
        task.labels()
                .forEach(label -> labels.addObject().put("name", label.name()).put("description", label.description()));
        Policy policy = task.policy();
        json.put("target_coverage", policy.targetCoverage()).put("cascade_risk", policy.cascadeRisk());
        policy.minProbability().ifPresent(value -> json.put("min_probability", value));
        policy.abstainCost().ifPresent(value -> json.put("abstain_cost", value));
        policy.learning().maxSourceShare().ifPresent(value -> json.put("max_source_share", value));
        json.put("drifts", policy.learning().drifts());
        ObjectNode costs = json.putObject("error_costs");
        policy.errorCosts().forEach((truth, row) -> {
            ObjectNode answered = costs.putObject(truth);
            row.forEach(answered::put);
        });
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree of plain values could not be written as JSON");
        }
    }

    private static Task read(TaskId id, String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException damaged) {
            throw new IllegalStateException("a stored definition of task " + id + " is no JSON");
        }
        List<Label> labels = new ArrayList<>();
        json.path("labels")
                .forEach(label -> labels.add(new Label(
                        label.path("name").textValue(),
                        label.path("description").textValue())));
        Optional<ScoreRange> range = json.has("score_min")
                ? Optional.of(new ScoreRange(
                        json.path("score_min").doubleValue(),
                        json.path("score_max").doubleValue()))
                : Optional.empty();
        Policy policy = new Policy(
                json.path("target_coverage").doubleValue(),
                number(json, "min_probability"),
                json.path("cascade_risk").doubleValue(),
                number(json, "abstain_cost"),
                costs(json.path("error_costs")),
                new Policy.Learning(
                        number(json, "max_source_share"), json.path("drifts").booleanValue()));
        return new Task(
                id,
                Kind.valueOf(json.path("kind").textValue()),
                InputKind.valueOf(json.path("input").textValue()),
                json.path("instruction").textValue(),
                labels,
                range,
                policy);
    }

    private static OptionalDouble number(JsonNode json, String name) {
        return json.has(name) ? OptionalDouble.of(json.path(name).doubleValue()) : OptionalDouble.empty();
    }

    private static Map<String, Map<String, Double>> costs(JsonNode json) {
        Map<String, Map<String, Double>> costs = new HashMap<>();
        for (Map.Entry<String, JsonNode> truth : json.properties()) {
            Map<String, Double> row = new HashMap<>();
            for (Map.Entry<String, JsonNode> answered : truth.getValue().properties()) {
                row.put(answered.getKey(), answered.getValue().doubleValue());
            }
            costs.put(truth.getKey(), row);
        }
        return costs;
    }
}
