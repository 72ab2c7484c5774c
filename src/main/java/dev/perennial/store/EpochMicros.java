// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Instants as the store keeps them: microseconds since 1970-01-01T00:00:00Z. */
final class EpochMicros {
    private EpochMicros() {}

    static long of(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    static Instant toInstant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** The instant in a column, if there is one. */
    static Optional<Instant> read(ResultSet row, String column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(toInstant(micros));
    }
}
