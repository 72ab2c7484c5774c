// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.revision.Served.MemberPin;
import dev.perennial.task.TaskId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Rows of {@code member_pins}. Belongs to one transaction. */
final class PinTable {
    private final Handle handle;

    PinTable(Handle handle) {
        this.handle = handle;
    }

    Map<TaskId, List<MemberPin>> all() {
        Map<TaskId, List<MemberPin>> all = new HashMap<>();
        handle.createQuery("SELECT task_id, members FROM member_pins")
                .map((row, context) ->
                        Map.entry(new TaskId(row.getString("task_id")), PinJson.read(row.getString("members"))))
                .forEach(entry -> all.put(entry.getKey(), entry.getValue()));
        return all;
    }

    /** @param pins in the place of those that there are; empty: none */
    void put(TaskId id, List<MemberPin> pins) {
        delete(id);
        if (pins.isEmpty()) {
            return;
        }
        handle.createUpdate("INSERT INTO member_pins (task_id, members) VALUES (:task, :members)")
                .bind("task", id.value())
                .bind("members", PinJson.write(pins))
                .execute();
    }

    void delete(TaskId id) {
        handle.createUpdate("DELETE FROM member_pins WHERE task_id = :task")
                .bind("task", id.value())
                .execute();
    }
}
