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
    private static final String LIVE = " FROM label_vectors WHERE task_id = :task AND vector IS NOT NULL";

    private final Handle handle;

    LabelVectorTable(Handle handle) {
        this.handle = handle;
    }

    /** A member's vectors of a task's label descriptions, by the digest of the text. */
    Map<String, float[]> read(TaskId id, String memberDigest) {
        Map<String, float[]> vectors = new HashMap<>();
        handle.createQuery("SELECT text_digest, vector" + LIVE + " AND member = :member")
                .bind("task", id.value())
                .bind("member", memberDigest)
                .map((row, context) -> vectors.put(row.getString(1), VectorTable.floats(row.getBytes(2))))
                .list();
        return vectors;
    }

    /** Appends vectors, by the digest of the text; texts that have one of the member already keep it. */
    void put(Change change, TaskId id, String memberDigest, Map<String, float[]> vectorByDigest) {
        Map<String, float[]> fresh = new HashMap<>(vectorByDigest);
        fresh.keySet().removeAll(read(id, memberDigest).keySet());
        if (fresh.isEmpty()) {
            return;
        }
        long number = change.reserve("label_vector", fresh.size());
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO label_vectors (number, task_id, member, text_digest, vector)
                VALUES (:number, :task, :member, :text, :vector)""");
        for (Map.Entry<String, float[]> entry : fresh.entrySet()) {
            batch.bind("number", number++)
                    .bind("task", id.value())
                    .bind("member", memberDigest)
                    .bind("text", entry.getKey())
                    .bind("vector", VectorTable.bytes(entry.getValue()))
                    .add();
        }
        batch.execute();
    }

    /** Empties the rows of all other texts. Returns how many. */
    int retain(TaskId id, Set<String> digests) {
        int emptied = 0;
        List<String> held = handle.createQuery("SELECT DISTINCT text_digest" + LIVE)
                .bind("task", id.value())
                .mapTo(String.class)
                .list();
        for (String digest : held) {
            if (!digests.contains(digest)) {
                emptied += handle.createUpdate("""
                                UPDATE label_vectors SET text_digest = NULL, vector = NULL
                                WHERE task_id = :task AND vector IS NOT NULL AND text_digest = :digest""")
                        .bind("task", id.value())
                        .bind("digest", digest)
                        .execute();
            }
        }
        return emptied;
    }

    /** Empties the rows of all other members. Returns how many. */
    int retainMembers(TaskId id, Set<String> memberDigests) {
        int emptied = 0;
        List<String> held = handle.createQuery("SELECT DISTINCT member" + LIVE)
                .bind("task", id.value())
                .mapTo(String.class)
                .list();
        for (String member : held) {
            if (!memberDigests.contains(member)) {
                emptied += handle.createUpdate("""
                                UPDATE label_vectors SET text_digest = NULL, vector = NULL
                                WHERE task_id = :task AND member = :member AND vector IS NOT NULL""")
                        .bind("task", id.value())
                        .bind("member", member)
                        .execute();
            }
        }
        return emptied;
    }
}
