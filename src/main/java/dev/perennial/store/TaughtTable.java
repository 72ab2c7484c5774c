// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.Origin;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jdbi.v3.core.Handle;

/**
 * Rows of {@code taught_examples}: how many examples those have taught today whose number is bounded. Belongs to one
 * transaction, that of what is taught, so that nothing is counted that is not.
 */
final class TaughtTable {
    private final Handle handle;

    TaughtTable(Handle handle) {
        this.handle = handle;
    }

    /** What an actor has taught on a day. */
    private record Taught(long day, long examples) {}

    /**
     * Counts examples that are about to be taught.
     *
     * @throws Refusal.QuotaExceeded when they would be more than their origin may teach in a day
     */
    void count(Origin origin, long examples, Instant now) {
        origin.examplesPerDay().ifPresent(bound -> {
            Taught before = required(origin.actor(), bound, examples, now);
            put(origin.actor(), new Taught(before.day(), before.examples() + examples));
        });
    }

    /** The same without counting them. */
    void require(Origin origin, long examples, Instant now) {
        origin.examplesPerDay().ifPresent(bound -> {
            Taught unused = required(origin.actor(), bound, examples, now);
        });
    }

    /** What has been taught before, if so many more may be. */
    private Taught required(String actor, int bound, long examples, Instant now) {
        Taught taught = taught(actor, LocalDate.ofInstant(now, ZoneOffset.UTC).toEpochDay());
        if (examples > bound - taught.examples()) {
            Instant midnight = LocalDate.ofEpochDay(taught.day() + 1)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant();
            throw Refusal.QuotaExceeded.ofExamples(
                    bound,
                    Math.max(0, bound - taught.examples()),
                    examples,
                    Duration.between(now, midnight).plusSeconds(1));
        }
        return taught;
    }

    /**
     * A clock that is set back over midnight begins no new day. What was counted further ahead was so by a clock that
     * was wrong, which must not bind anybody until that day has come.
     */
    private Taught taught(String actor, long today) {
        return handle.createQuery("SELECT day, examples FROM taught_examples WHERE actor = :actor"
                        + " AND day BETWEEN :today AND :today + 1")
                .bind("actor", actor)
                .bind("today", today)
                .map((row, context) -> new Taught(row.getLong("day"), row.getLong("examples")))
                .findOne()
                .orElse(new Taught(today, 0));
    }

    /** What was counted on earlier days is of no use; the day before may come again, by a clock that is set back. */
    private void put(String actor, Taught taught) {
        handle.createUpdate("DELETE FROM taught_examples WHERE actor = :actor OR day < :day - 1")
                .bind("actor", actor)
                .bind("day", taught.day())
                .execute();
        handle.createUpdate("INSERT INTO taught_examples (actor, day, examples) VALUES (:actor, :day, :examples)")
                .bind("actor", actor)
                .bind("day", taught.day())
                .bind("examples", taught.examples())
                .execute();
    }
}
