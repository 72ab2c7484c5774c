// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.feedback.KeptPrediction;
import dev.perennial.feedback.PredictionStore.Bounds;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Rows of {@code prediction_segments}: which of the tables of answers is filled, and what each holds. Belongs to one
 * transaction.
 */
final class PredictionSegments {
    private final Change change;
    private final Handle handle;
    private final Bounds bounds;

    PredictionSegments(Change change, Bounds bounds) {
        this.change = change;
        this.handle = change.handle();
        this.bounds = bounds;
    }

    /** @param turn tables with greater ones have later answers; 0: it had none yet */
    private record Segment(
            int number, long turn, long held, long bytes, Optional<Instant> first, Optional<Instant> last) {

        static Segment read(ResultSet row) throws SQLException {
            return new Segment(
                    row.getInt("segment"),
                    row.getLong("turn"),
                    row.getLong("held"),
                    row.getLong("bytes"),
                    EpochMicros.read(row, "first_at"),
                    EpochMicros.read(row, "last_at"));
        }

        Segment with(KeptPrediction kept) {
            Instant latest = last.filter(kept.at()::isBefore).orElse(kept.at());
            return new Segment(
                    number,
                    turn,
                    held + 1,
                    bytes + kept.bytes(),
                    Optional.of(first.orElse(kept.at())),
                    Optional.of(latest));
        }

        Segment empty(long nextTurn) {
            return new Segment(number, nextTurn, 0, 0, Optional.empty(), Optional.empty());
        }

        /** Whether it holds something, and all of it is too old; anything is where nothing is to be kept. */
        boolean isExpired(Bounds bounds, Instant now) {
            return last.filter(
                            at -> bounds.rows() == 0 || now.minus(bounds.age()).isAfter(at))
                    .isPresent();
        }

        /** A table always has room for one, however large. */
        boolean hasRoom(KeptPrediction kept, Bounds bounds) {
            Duration longest = bounds.age().dividedBy(PredictionTable.SEGMENTS - 1);
            return held == 0
                    || (held < bounds.rows() / PredictionTable.SEGMENTS
                            && bytes + kept.bytes() <= bounds.bytes() / PredictionTable.SEGMENTS
                            && !kept.at().isAfter(first.orElseThrow().plus(longest)));
        }
    }

    /** The tables, those with the latest answers first. */
    static List<Integer> latestFirst(Handle handle) {
        return all(handle).stream().map(Segment::number).toList();
    }

    private static List<Segment> all(Handle handle) {
        return handle.createQuery("SELECT * FROM prediction_segments ORDER BY turn DESC, segment")
                .map((row, context) -> Segment.read(row))
                .list();
    }

    /** Whether a table holds nothing that is to be kept. */
    static boolean hasExpired(Handle handle, Bounds bounds, Instant now) {
        return all(handle).stream().anyMatch(segment -> segment.isExpired(bounds, now));
    }

    /** Empties the tables that hold nothing which is to be kept. */
    void expire(Instant now) {
        for (Segment segment : all(handle)) {
            if (segment.isExpired(bounds, now)) {
                new PredictionTable(handle).clear(segment.number());
                put(segment.empty(segment.turn()));
            }
        }
    }

    /** Fills one table after the other. */
    void append(List<KeptPrediction> predictions) {
        PredictionTable table = new PredictionTable(handle);
        Segment segment = all(handle).get(0);
        List<KeptPrediction> part = new ArrayList<>();
        for (KeptPrediction kept : predictions) {
            if (!segment.hasRoom(kept, bounds)) {
                table.append(change, segment.number(), part);
                put(segment);
                part.clear();
                segment = next(segment);
            }
            segment = segment.with(kept);
            part.add(kept);
        }
        table.append(change, segment.number(), part);
        put(segment);
    }

    private Segment next(Segment full) {
        int number = (full.number() + 1) % PredictionTable.SEGMENTS;
        new PredictionTable(handle).clear(number);
        return new Segment(number, full.turn() + 1, 0, 0, Optional.empty(), Optional.empty());
    }

    private void put(Segment segment) {
        handle.createUpdate("""
                        UPDATE prediction_segments
                        SET turn = :turn, held = :held, bytes = :bytes, first_at = :first, last_at = :last
                        WHERE segment = :segment""")
                .bind("turn", segment.turn())
                .bind("held", segment.held())
                .bind("bytes", segment.bytes())
                .bind("first", segment.first().map(EpochMicros::of).orElse(null))
                .bind("last", segment.last().map(EpochMicros::of).orElse(null))
                .bind("segment", segment.number())
                .execute();
    }
}
