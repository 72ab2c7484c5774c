// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.evaluate.GateBound;
import dev.perennial.evaluate.GateBounds;
import dev.perennial.evaluate.GateStore;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.AuditEvent.Subject;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Bounds of gates in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlGateStore implements GateStore {
    private static final String AUDITED = "task.gate";

    private final Database database;
    private final InstantSource clock;

    public SqlGateStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public GateBounds bounds(TaskId task) {
        return database.read(handle -> bounds(handle, task));
    }

    @Override
    public boolean setBounds(TaskId task, GateBounds bounds) {
        return database.write(change -> {
            Handle handle = change.handle();
            if (new TaskTable(handle).find(task).isEmpty()) {
                throw new Refusal.NotFound("task", task.value());
            }
            if (bounds(handle, task).equals(bounds)) {
                return false;
            }
            removeAll(handle, task);
            Map<String, Double> own = new HashMap<>();
            bounds.own().forEach((bound, value) -> own.put(bound.key(), value));
            set(change, task, own, clock.instant().truncatedTo(ChronoUnit.MICROS));
            return true;
        });
    }

    /** Sets bounds, by name, of a task that has none. */
    static void set(Change change, TaskId task, Map<String, Double> bounds, Instant now) {
        bounds.forEach((bound, value) -> change.handle()
                .createUpdate("INSERT INTO gate_bounds (task_id, name, value) VALUES (:task, :name, :value)")
                .bind("task", task.value())
                .bind("name", bound)
                .bind("value", value)
                .execute());
        change.tell(AUDITED, Subject.task(task), now);
    }

    /** Deletes what a task has set. */
    static void removeAll(Handle handle, TaskId task) {
        handle.createUpdate("DELETE FROM gate_bounds WHERE task_id = :task")
                .bind("task", task.value())
                .execute();
    }

    /** A bound that another release knew is none of this one's. */
    private static GateBounds bounds(Handle handle, TaskId task) {
        Map<GateBound, Double> own = new EnumMap<>(GateBound.class);
        handle.createQuery("SELECT name, value FROM gate_bounds WHERE task_id = :task")
                .bind("task", task.value())
                .map((row, context) -> Map.entry(row.getString("name"), row.getDouble("value")))
                .forEach(row -> GateBound.of(row.getKey()).ifPresent(bound -> own.put(bound, row.getValue())));
        return new GateBounds(own);
    }
}
