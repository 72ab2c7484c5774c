// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.TaskId;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Rows of {@code label_vectors}: what label descriptions look like to the members. Belongs to one transaction. */
final class LabelVectorTable {
    private final Handle handle;

    LabelVectorTable(Handle handle) {
        this.handle = handle;
    }

    /** A member's vectors of a task's label descriptions, by text. */
    Map<String, float[]> read(TaskId id, String memberDigest) {
        Map<String, float[]> vectors = new HashMap<>();
        handle.createQuery("SELECT text, vector FROM label_vectors WHERE task_id = :task AND member = :member")
                .bind("task", id.value())
                .bind("member", memberDigest)
                .map((row, context) -> vectors.put(row.getString(1), VectorTable.floats(row.getBytes(2))))
                .list();
        return vectors;
    }

    void put(TaskId id, String memberDigest, Map<String, float[]> vectorByText) {
        if (vectorByText.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO label_vectors (task_id, member, text, vector) VALUES (:task, :member, :text, :vector)
                ON CONFLICT (task_id, member, text) DO NOTHING""");
        vectorByText.forEach((text, vector) -> batch.bind("task", id.value())
                .bind("member", memberDigest)
                .bind("text", text)
                .bind("vector", VectorTable.bytes(vector))
                .add());
        batch.execute();
    }

    void remove(TaskId id) {
        handle.createUpdate("DELETE FROM label_vectors WHERE task_id = :task")
                .bind("task", id.value())
                .execute();
    }
}
