// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.SourceName;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingIdentity;
import dev.perennial.text.Text;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Rows of {@code examples} as they were at a revision, with {@code example_absences}: an example was there from when it
 * was taught, but for the times for which it was set aside. Belongs to one transaction.
 */
final class PastExamples {
    private static final String KEPT = " FROM examples WHERE task_id = :task AND removed_revision IS NULL";

    private static final String THERE = """
            e.task_id = :task AND e.added_revision <= :revision
            AND NOT EXISTS (SELECT 1 FROM example_absences a WHERE a.example = e.number
                AND a.first_revision <= :revision AND (a.end_revision IS NULL OR a.end_revision > :revision))""";

    private final Handle handle;

    PastExamples(Handle handle) {
        this.handle = handle;
    }

    /** The examples that were there at a revision and are not erased, in the order of their numbers. */
    List<Example> at(TaskId task, RevisionId revision) {
        return handle.createQuery("SELECT " + ExampleTable.COLUMNS + " FROM examples e WHERE " + THERE
                        + " AND e.removed_revision IS NULL ORDER BY e.number")
                .bind("task", task.value())
                .bind("revision", revision.number())
                .map((row, context) -> ExampleTable.read(row))
                .list();
    }

    /** How many examples were there at a revision and are erased since. */
    long erasedSince(TaskId task, RevisionId revision) {
        return handle.createQuery(
                        "SELECT count(*) FROM examples e WHERE " + THERE + " AND e.removed_revision > :revision")
                .bind("task", task.value())
                .bind("revision", revision.number())
                .mapTo(long.class)
                .one();
    }

    /** A member's vectors of the examples that were there at a revision, by example id. */
    Map<String, float[]> vectors(TaskId task, RevisionId revision, String memberDigest) {
        Map<String, float[]> vectors = new HashMap<>();
        handle.createQuery("""
                        SELECT e.number, v.vector
                        FROM examples e JOIN vectors v ON v.example = e.number
                            JOIN members m ON m.number = v.member AND m.digest = :member
                        WHERE v.vector IS NOT NULL AND e.removed_revision IS NULL AND\s""" + THERE)
                .bind("member", memberDigest)
                .bind("task", task.value())
                .bind("revision", revision.number())
                .map((row, context) -> vectors.put(ExampleId.of(row.getLong(1)), VectorTable.floats(row.getBytes(2))))
                .list();
        return vectors;
    }

    /** An example that is there, or was set aside. */
    Optional<Example> find(TaskId task, long number) {
        return handle.createQuery("SELECT " + ExampleTable.COLUMNS + KEPT + " AND number = :number")
                .bind("task", task.value())
                .bind("number", number)
                .map((row, context) -> ExampleTable.read(row))
                .findOne();
    }

    /** Those of a source that are there, or were set aside. */
    List<Example> of(TaskId task, SourceName source) {
        return handle.createQuery("SELECT " + ExampleTable.COLUMNS + KEPT + " AND source = :source ORDER BY number")
                .bind("task", task.value())
                .bind("source", source.value())
                .map((row, context) -> ExampleTable.read(row))
                .list();
    }

    /** All that are there, or were set aside. */
    List<Long> numbers(TaskId task) {
        return handle.createQuery("SELECT number" + KEPT)
                .bind("task", task.value())
                .mapTo(Long.class)
                .list();
    }

    /** Those that were set aside, but not apart, and are about an input. */
    List<Long> setAsideAbout(TaskId task, Input input) {
        return handle.createQuery("""
                        SELECT e.number FROM example_absences a JOIN examples e ON e.number = a.example
                        WHERE a.task_id = :task AND a.end_revision IS NULL
                        AND e.text = :text AND COALESCE(e.text_pair, '') = :pair AND NOT\s""" + QuarantineTable.IS_QUARANTINE)
                .bind("task", task.value())
                .bind("text", input.text().value())
                .bind("pair", input.textPair().map(Text::value).orElse(""))
                .mapTo(Long.class)
                .list();
    }

    /** Those that were set aside and whose external id is now that of another input. */
    List<Example> outdated(TaskId task, List<Teaching> teachings) {
        Map<TeachingIdentity, Input> inputByIdentity = new HashMap<>();
        teachings.stream()
                .filter(teaching -> teaching.externalId().isPresent())
                .forEach(teaching -> inputByIdentity.put(teaching.identity(), teaching.input()));
        if (inputByIdentity.isEmpty()) {
            return List.of();
        }
        return handle
                .createQuery("SELECT " + ExampleTable.COLUMNS + " " + """
                        FROM examples WHERE external_id IS NOT NULL AND number IN
                            (SELECT example FROM example_absences
                            WHERE task_id = :task AND end_revision IS NULL)""")
                .bind("task", task.value())
                .map((row, context) -> ExampleTable.read(row))
                .stream()
                .filter(example -> Optional.ofNullable(inputByIdentity.get(example.identity()))
                        .filter(input -> !input.equals(example.teaching().input()))
                        .isPresent())
                .toList();
    }

    /** Numbers of those that are set aside, but not apart, since a revision, or longer. */
    Set<Long> setAsideSince(TaskId task, RevisionId revision) {
        return handle.createQuery("""
                        SELECT a.example FROM example_absences a
                        WHERE a.task_id = :task AND a.end_revision IS NULL AND a.first_revision <= :revision
                            AND NOT\s""" + QuarantineTable.IS_QUARANTINE)
                .bind("task", task.value())
                .bind("revision", revision.number())
                .mapTo(Long.class)
                .set();
    }

    /** Numbers of those that were there at a revision and are not erased. */
    Set<Long> numbersAt(TaskId task, RevisionId revision) {
        return handle.createQuery("SELECT e.number FROM examples e WHERE " + THERE + " AND e.removed_revision IS NULL")
                .bind("task", task.value())
                .bind("revision", revision.number())
                .mapTo(Long.class)
                .set();
    }

    /** Takes examples away from what is taught, but keeps them. */
    void setAside(Collection<Long> numbers, RevisionId revision) {
        update("""
                INSERT INTO example_absences (example, task_id, first_revision)
                SELECT number, task_id, :revision FROM examples WHERE number = :number""", numbers, revision);
    }

    /** Has examples that were set aside be there again. */
    void bringBack(Collection<Long> numbers, RevisionId revision) {
        update("""
                UPDATE example_absences SET end_revision = :revision
                WHERE example = :number AND end_revision IS NULL""", numbers, revision);
    }

    /** Those that are absent stay so, but what kind of absence it was is said anew. */
    void renewAbsence(Collection<Long> numbers, RevisionId revision) {
        bringBack(numbers, revision);
        setAside(numbers, revision);
    }

    void delete(TaskId task) {
        handle.createUpdate("DELETE FROM example_absences WHERE task_id = :task")
                .bind("task", task.value())
                .execute();
    }

    private void update(String sql, Collection<Long> numbers, RevisionId revision) {
        if (numbers.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch(sql);
        for (long number : numbers) {
            batch.bind("revision", revision.number()).bind("number", number).add();
        }
        batch.execute();
    }
}
