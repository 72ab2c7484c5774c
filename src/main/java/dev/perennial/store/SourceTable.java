// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.document.DocumentSource;
import dev.perennial.document.SourceId;
import dev.perennial.document.StoredSource;
import dev.perennial.task.RevisionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Rows of {@code sources}. Belongs to one transaction. */
final class SourceTable {
    private static final String SELECT =
            "SELECT source_id, origin, licence, trust, description, revision, created_at, documents FROM sources ";

    private final Handle handle;

    SourceTable(Handle handle) {
        this.handle = handle;
    }

    List<StoredSource> page(String after, int limit) {
        return handle.createQuery(SELECT + "WHERE source_id > :after ORDER BY source_id LIMIT :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    Optional<StoredSource> find(SourceId id) {
        return handle.createQuery(SELECT + "WHERE source_id = :id")
                .bind("id", id.value())
                .map((row, context) -> read(row))
                .findOne();
    }

    long documents() {
        return handle.createQuery("SELECT coalesce(sum(documents), 0) FROM sources")
                .mapTo(long.class)
                .one();
    }

    void put(StoredSource stored) {
        DocumentSource source = stored.source();
        handle.createUpdate("""
                        INSERT INTO sources (source_id, origin, licence, trust, description, revision, created_at, documents)
                        VALUES (:id, :origin, :licence, :trust, :description, :revision, :at, :documents)
                        ON CONFLICT (source_id) DO UPDATE
                        SET origin = :origin, licence = :licence, trust = :trust, description = :description,
                            revision = :revision, documents = :documents""")
                .bind("id", source.id().value())
                .bind("origin", source.origin())
                .bind("licence", source.licence())
                .bind("trust", source.trust())
                .bind("description", source.description())
                .bind("revision", stored.revision().number())
                .bind("at", EpochMicros.of(stored.createdAt()))
                .bind("documents", stored.documents())
                .execute();
    }

    void delete(SourceId id) {
        handle.createUpdate("DELETE FROM sources WHERE source_id = :id")
                .bind("id", id.value())
                .execute();
    }

    private static StoredSource read(ResultSet row) throws SQLException {
        DocumentSource source = new DocumentSource(
                new SourceId(row.getString("source_id")),
                row.getString("origin"),
                row.getString("licence"),
                row.getDouble("trust"),
                row.getString("description"));
        return new StoredSource(
                source,
                new RevisionId(row.getLong("revision")),
                EpochMicros.toInstant(row.getLong("created_at")),
                row.getLong("documents"));
    }
}
