// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.document.DocumentStore.Registration;
import dev.perennial.document.EvaluationSet;
import dev.perennial.document.EvaluationSetId;
import dev.perennial.task.RevisionId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Rows of {@code evaluation_sets} and {@code leaks}. Belongs to one transaction. */
final class EvaluationTable {
    private static final String SELECT = """
            SELECT set_id, texts, length(windows) AS bytes, revision, created_at,
                (SELECT count(*) FROM leaks WHERE leaks.set_id = evaluation_sets.set_id) AS leaked
            FROM evaluation_sets""";

    private final Handle handle;

    EvaluationTable(Handle handle) {
        this.handle = handle;
    }

    List<EvaluationSet> all() {
        return handle.createQuery(SELECT + " ORDER BY set_id")
                .map((row, context) -> read(row))
                .list();
    }

    Optional<EvaluationSet> find(EvaluationSetId id) {
        return handle.createQuery(SELECT + " WHERE set_id = :id")
                .bind("id", id.value())
                .map((row, context) -> read(row))
                .findOne();
    }

    Map<EvaluationSetId, long[]> windows() {
        Map<EvaluationSetId, long[]> windows = new TreeMap<>();
        handle.createQuery("SELECT set_id, windows FROM evaluation_sets")
                .map((row, context) -> windows.put(new EvaluationSetId(row.getString(1)), longs(row.getBytes(2))))
                .list();
        return windows;
    }

    void put(Registration registration, RevisionId revision, Instant now) {
        handle.createUpdate("""
                        INSERT INTO evaluation_sets (set_id, texts, windows, revision, created_at)
                        VALUES (:id, :texts, :windows, :revision, :at)
                        ON CONFLICT (set_id) DO UPDATE
                        SET texts = :texts, windows = :windows, revision = :revision""")
                .bind("id", registration.id().value())
                .bind("texts", registration.texts())
                .bind("windows", bytes(registration.windows()))
                .bind("revision", revision.number())
                .bind("at", EpochMicros.of(now))
                .execute();
    }

    /** Marks these documents, and no others, as holding a text of the set. */
    void mark(EvaluationSetId id, Collection<Long> documents) {
        handle.createUpdate("DELETE FROM leaks WHERE set_id = :id")
                .bind("id", id.value())
                .execute();
        if (documents.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("INSERT INTO leaks (document, set_id) VALUES (:document, :id)");
        documents.forEach(document ->
                batch.bind("document", document).bind("id", id.value()).add());
        batch.execute();
    }

    void delete(EvaluationSetId id) {
        mark(id, List.of());
        handle.createUpdate("DELETE FROM evaluation_sets WHERE set_id = :id")
                .bind("id", id.value())
                .execute();
    }

    private static EvaluationSet read(ResultSet row) throws SQLException {
        return new EvaluationSet(
                new EvaluationSetId(row.getString("set_id")),
                row.getLong("texts"),
                row.getLong("bytes") / Long.BYTES,
                new RevisionId(row.getLong("revision")),
                EpochMicros.toInstant(row.getLong("created_at")),
                row.getLong("leaked"));
    }

    private static byte[] bytes(long[] windows) {
        ByteBuffer buffer = ByteBuffer.allocate(windows.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asLongBuffer().put(windows);
        return buffer.array();
    }

    private static long[] longs(byte[] bytes) {
        long[] windows = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(windows);
        return windows;
    }
}
