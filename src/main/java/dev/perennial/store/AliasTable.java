// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.revision.AliasChange;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/** Rows of {@code alias_changes}. Belongs to one transaction. */
final class AliasTable {
    private static final String COLUMNS = "number, alias, revision, changed_at";

    private final Handle handle;

    AliasTable(Handle handle) {
        this.handle = handle;
    }

    AliasChange add(Change change, TaskId id, AliasChange fresh) {
        AliasChange numbered =
                new AliasChange(change.reserve("alias_change", 1), fresh.alias(), fresh.revision(), fresh.changedAt());
        handle.createUpdate("""
                        INSERT INTO alias_changes (number, task_id, alias, revision, changed_at)
                        VALUES (:number, :task, :alias, :revision, :at)""")
                .bind("number", numbered.number())
                .bind("task", id.value())
                .bind("alias", numbered.alias())
                .bind("revision", numbered.revision().map(RevisionId::number).orElse(null))
                .bind("at", EpochMicros.of(numbered.changedAt()))
                .execute();
        return numbered;
    }

    Map<String, RevisionId> present(TaskId id) {
        Map<String, RevisionId> present = new TreeMap<>();
        handle.createQuery("SELECT " + COLUMNS + " " + """
                        FROM alias_changes c WHERE task_id = :task AND number =
                            (SELECT MAX(number) FROM alias_changes l WHERE l.task_id = c.task_id AND l.alias = c.alias)
                        """)
                .bind("task", id.value())
                .map((row, context) -> read(row))
                .list()
                .forEach(last -> last.revision().ifPresent(revision -> present.put(last.alias(), revision)));
        return present;
    }

    List<AliasChange> history(TaskId id, String alias, long before, int limit) {
        return handle.createQuery("SELECT " + COLUMNS + " " + """
                        FROM alias_changes WHERE task_id = :task AND alias = :alias AND number < :before
                        ORDER BY number DESC LIMIT :limit""")
                .bind("task", id.value())
                .bind("alias", alias)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    void delete(TaskId id) {
        handle.createUpdate("DELETE FROM alias_changes WHERE task_id = :task")
                .bind("task", id.value())
                .execute();
    }

    private static AliasChange read(ResultSet row) throws SQLException {
        long revision = row.getLong("revision");
        Optional<RevisionId> named = row.wasNull() ? Optional.empty() : Optional.of(new RevisionId(revision));
        Instant at = EpochMicros.toInstant(row.getLong("changed_at"));
        return new AliasChange(row.getLong("number"), row.getString("alias"), named, at);
    }
}
