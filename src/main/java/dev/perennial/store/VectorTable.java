// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.TaskId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Rows of {@code vectors} and the {@code members} that they belong to. Belongs to one transaction. */
final class VectorTable {
    private static final int ROWS_FETCHED_AT_ONCE = 1_000;

    private final Handle handle;

    VectorTable(Handle handle) {
        this.handle = handle;
    }

    /** The member's vectors of the task's examples, by example id, in the order of teaching. */
    Map<String, float[]> read(TaskId task, String memberDigest) {
        Map<String, float[]> vectors = new LinkedHashMap<>();
        OptionalLong member = memberNumber(memberDigest);
        if (member.isEmpty()) {
            return vectors;
        }
        handle.createQuery("""
                        SELECT e.number, v.vector
                        FROM examples e JOIN vectors v ON v.example = e.number AND v.member = :member
                        WHERE e.task_id = :task AND e.removed_revision IS NULL AND v.vector IS NOT NULL
                            AND NOT EXISTS (SELECT 1 FROM example_absences a
                                WHERE a.example = e.number AND a.end_revision IS NULL)
                        ORDER BY e.number""")
                .setFetchSize(ROWS_FETCHED_AT_ONCE)
                .bind("member", member.getAsLong())
                .bind("task", task.value())
                .map((row, context) -> vectors.put(ExampleId.of(row.getLong(1)), floats(row.getBytes(2))))
                .list();
        return vectors;
    }

    /** A member's vectors of some examples, by example id. */
    Map<String, float[]> read(String memberDigest, Collection<Long> examples) {
        Map<String, float[]> vectors = new LinkedHashMap<>();
        OptionalLong member = memberNumber(memberDigest);
        for (long example : member.isEmpty() ? List.<Long>of() : examples) {
            handle.createQuery("""
                            SELECT vector FROM vectors
                            WHERE example = :example AND member = :member AND vector IS NOT NULL""")
                    .bind("example", example)
                    .bind("member", member.getAsLong())
                    .map((row, context) -> vectors.put(ExampleId.of(example), floats(row.getBytes(1))))
                    .list();
        }
        return vectors;
    }

    /** Stores vectors, by example number and member digest; those that are there already are overwritten. */
    void put(Change change, Map<Long, Map<String, float[]>> vectorsByExample) {
        int count = vectorsByExample.values().stream().mapToInt(Map::size).sum();
        if (count == 0) {
            return;
        }
        long number = change.reserve("vector", count);
        Map<String, Long> members = new HashMap<>();
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO vectors (number, example, member, vector) VALUES (:number, :example, :member, :vector)
                ON CONFLICT (example, member) DO UPDATE SET vector = excluded.vector""");
        for (Map.Entry<Long, Map<String, float[]>> example : vectorsByExample.entrySet()) {
            for (Map.Entry<String, float[]> vector : example.getValue().entrySet()) {
                batch.bind("number", number++)
                        .bind("example", example.getKey())
                        .bind("member", members.computeIfAbsent(vector.getKey(), digest -> register(change, digest)))
                        .bind("vector", bytes(vector.getValue()))
                        .add();
            }
        }
        batch.execute();
    }

    /** Empties all vectors of these examples. */
    void empty(Collection<Long> examples) {
        if (examples.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("UPDATE vectors SET vector = NULL WHERE example = :example");
        for (long example : examples) {
            batch.bind("example", example).add();
        }
        batch.execute();
    }

    /** Empties all other members' vectors of the task's examples. Returns how many. */
    int retain(TaskId task, Set<String> memberDigests) {
        Map<String, Long> others = new HashMap<>();
        handle.createQuery("SELECT digest, number FROM members")
                .map((row, context) -> others.put(row.getString(1), row.getLong(2)))
                .list();
        others.keySet().removeAll(memberDigests);
        int emptied = 0;
        for (long member : others.values()) {
            emptied += handle.createUpdate("""
                            UPDATE vectors SET vector = NULL
                            WHERE member = :member AND vector IS NOT NULL
                            AND example IN (SELECT number FROM examples WHERE task_id = :task)""")
                    .bind("member", member)
                    .bind("task", task.value())
                    .execute();
        }
        return emptied;
    }

    private OptionalLong memberNumber(String digest) {
        return memberNumber(handle, digest);
    }

    private static OptionalLong memberNumber(Handle handle, String digest) {
        Optional<Long> number = handle.createQuery("SELECT number FROM members WHERE digest = :digest")
                .bind("digest", digest)
                .mapTo(Long.class)
                .findOne();
        return number.isPresent() ? OptionalLong.of(number.get()) : OptionalLong.empty();
    }

    /** The number by which rows name a member. */
    static long register(Change change, String digest) {
        Handle handle = change.handle();
        return memberNumber(handle, digest).orElseGet(() -> {
            long number = change.reserve("member", 1);
            handle.createUpdate("INSERT INTO members (number, digest) VALUES (:number, :digest)")
                    .bind("number", number)
                    .bind("digest", digest)
                    .execute();
            return number;
        });
    }

    static byte[] bytes(float[] vector) {
        ByteBuffer buffer = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(vector);
        return buffer.array();
    }

    static float[] floats(byte[] bytes) {
        float[] vector = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
        return vector;
    }
}
