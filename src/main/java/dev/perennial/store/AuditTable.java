// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.AuditEvent;
import dev.perennial.task.AuditEvent.Counts;
import dev.perennial.task.AuditEvent.Subject;
import dev.perennial.task.Origin;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/** Rows of {@code audit_events}, to which rows are only ever added. Belongs to one transaction. */
final class AuditTable {
    private static final Pattern ID = Pattern.compile("ev_([0-9]{16})");

    private final Handle handle;

    AuditTable(Handle handle) {
        this.handle = handle;
    }

    void add(long number, AuditEvent event) {
        handle.createUpdate("""
                        INSERT INTO audit_events (number, created_at, actor, trace_id, action, subject_kind, subject,
                            revision, taught, removed)
                        VALUES (:number, :at, :actor, :trace, :action, :kind, :subject, :revision, :taught,
                            :removed)""")
                .bind("number", number)
                .bind("at", EpochMicros.of(event.at()))
                .bind("actor", event.origin().actor())
                .bind("trace", event.origin().traceId().orElse(null))
                .bind("action", event.action())
                .bind("kind", event.subject().kind())
                .bind("subject", event.subject().id())
                .bind("revision", event.revision().map(RevisionId::number).orElse(null))
                .bind("taught", event.counts().taught())
                .bind("removed", event.counts().removed())
                .execute();
    }

    Optional<Long> latest() {
        return handle.createQuery("SELECT number FROM audit_events ORDER BY number DESC LIMIT 1")
                .mapTo(Long.class)
                .findOne();
    }

    List<AuditEvent> page(long after, int limit) {
        return handle.createQuery("SELECT * FROM audit_events WHERE number > :after ORDER BY number LIMIT :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    List<AuditEvent> page(TaskId task, long after, int limit) {
        Subject subject = Subject.task(task);
        return handle.createQuery("""
                        SELECT * FROM audit_events
                        WHERE subject_kind = :kind AND subject = :subject AND number > :after
                        ORDER BY number LIMIT :limit""")
                .bind("kind", subject.kind())
                .bind("subject", subject.id())
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    static String id(long number) {
        return String.format("ev_%016d", number);
    }

    /** The number in an id, if it is one. */
    static OptionalLong parse(String id) {
        Matcher matcher = ID.matcher(id);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    private static AuditEvent read(ResultSet row) throws SQLException {
        long revision = row.getLong("revision");
        Optional<RevisionId> produced = row.wasNull() ? Optional.empty() : Optional.of(new RevisionId(revision));
        return new AuditEvent(
                id(row.getLong("number")),
                EpochMicros.toInstant(row.getLong("created_at")),
                new Origin(row.getString("actor"), Optional.ofNullable(row.getString("trace_id"))),
                row.getString("action"),
                new Subject(row.getString("subject_kind"), row.getString("subject")),
                produced,
                new Counts(row.getLong("taught"), row.getLong("removed")));
    }
}
