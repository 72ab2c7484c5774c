// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.AuditEvent;
import dev.perennial.task.AuditLog;
import dev.perennial.task.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The audit events in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlAuditLog implements AuditLog {
    private final Database database;

    public SqlAuditLog(Database database) {
        this.database = database;
    }

    @Override
    public String latest() {
        return database.read(
                handle -> new AuditTable(handle).latest().map(AuditTable::id).orElse(""));
    }

    @Override
    public List<AuditEvent> events(String after, int limit, Optional<TaskId> task) {
        OptionalLong number = after.isEmpty() ? OptionalLong.of(0) : AuditTable.parse(after);
        if (number.isEmpty()) {
            return List.of();
        }
        return database.read(handle -> {
            AuditTable events = new AuditTable(handle);
            return task.map(id -> events.page(id, number.getAsLong(), limit))
                    .orElseGet(() -> events.page(number.getAsLong(), limit));
        });
    }
}
