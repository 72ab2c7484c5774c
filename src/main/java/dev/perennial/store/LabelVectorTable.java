// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.TaskId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Rows of {@code label_vectors}: what label descriptions look like to the members. Belongs to one transaction. */
final class LabelVectorTable {
    private final Handle handle;

    LabelVectorTable(Handle handle) {
        this.handle = handle;
    }

    /** A member's vectors of a task's label descriptions, by the digest of the text. */
    Map<String, float[]> read(TaskId id, String memberDigest) {
        Map<String, float[]> vectors = new HashMap<>();
        handle.createQuery("SELECT text_digest, vector FROM label_vectors WHERE task_id = :task AND member = :member")
                .bind("task", id.value())
                .bind("member", memberDigest)
                .map((row, context) -> vectors.put(row.getString(1), VectorTable.floats(row.getBytes(2))))
                .list();
        return vectors;
    }

    void put(TaskId id, String memberDigest, Map<String, float[]> vectorByDigest) {
        if (vectorByDigest.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO label_vectors (task_id, member, text_digest, vector) VALUES (:task, :member, :text, :vector)
                ON CONFLICT (task_id, member, text_digest) DO NOTHING""");
        vectorByDigest.forEach((text, vector) -> batch.bind("task", id.value())
                .bind("member", memberDigest)
                .bind("text", text)
                .bind("vector", VectorTable.bytes(vector))
                .add());
        batch.execute();
    }

    /** Keeps the vectors of these texts alone. */
    void retain(TaskId id, Set<String> digests) {
        List<String> held = handle.createQuery("SELECT DISTINCT text_digest FROM label_vectors WHERE task_id = :task")
                .bind("task", id.value())
                .mapTo(String.class)
                .list();
        held.stream()
                .filter(digest -> !digests.contains(digest))
                .forEach(digest -> handle.createUpdate(
                                "DELETE FROM label_vectors WHERE task_id = :task AND text_digest = :digest")
                        .bind("task", id.value())
                        .bind("digest", digest)
                        .execute());
    }

    void remove(TaskId id) {
        handle.createUpdate("DELETE FROM label_vectors WHERE task_id = :task")
                .bind("task", id.value())
                .execute();
    }
}
