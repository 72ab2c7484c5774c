// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.access.ApiKey;
import dev.perennial.access.ApiKeyStore;
import dev.perennial.access.Quota;
import dev.perennial.access.Role;
import dev.perennial.task.AuditEvent.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Keys in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlApiKeyStore implements ApiKeyStore {
    private static final String KEY = "key";

    private final Database database;
    private final InstantSource clock;

    public SqlApiKeyStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public List<ApiKey> all() {
        return database.read(
                handle -> handle.createQuery("SELECT * FROM api_keys WHERE revoked_at IS NULL" + " ORDER BY key_id")
                        .map((row, context) -> read(row))
                        .list());
    }

    @Override
    public boolean hasIssued() {
        return database.read(handle -> handle.createQuery("SELECT count(*) FROM api_keys")
                        .mapTo(long.class)
                        .one())
                > 0;
    }

    @Override
    public void add(ApiKey key) {
        database.write(change -> {
            change.handle()
                    .createUpdate("""
                            INSERT INTO api_keys (key_id, name, role, digest, created_at, expires_at,
                                requests_per_minute, examples_per_day)
                            VALUES (:id, :name, :role, :digest, :created, :expires, :requests, :examples)""")
                    .bind("id", key.id())
                    .bind("name", key.name())
                    .bind("role", key.role().key())
                    .bind("digest", key.digest())
                    .bind("created", EpochMicros.of(key.createdAt()))
                    .bind("expires", key.expiresAt().map(EpochMicros::of).orElse(null))
                    .bind("requests", key.quota().requestsPerMinute().orElse(null))
                    .bind("examples", key.quota().examplesPerDay().orElse(null))
                    .execute();
            change.tell("key.issue", new Subject(KEY, key.id()), key.createdAt());
            return key;
        });
    }

    @Override
    public boolean bound(String id, Quota quota) {
        return database.write(change -> {
            int bound = change.handle()
                    .createUpdate("""
                            UPDATE api_keys
                            SET requests_per_minute = :requests, examples_per_day = :examples
                            WHERE key_id = :id AND revoked_at IS NULL""")
                    .bind("requests", quota.requestsPerMinute().orElse(null))
                    .bind("examples", quota.examplesPerDay().orElse(null))
                    .bind("id", id)
                    .execute();
            if (bound > 0) {
                change.tell("key.bound", new Subject(KEY, id), clock.instant());
            }
            return bound > 0;
        });
    }

    @Override
    public boolean revoke(String id) {
        return database.write(change -> {
            int revoked = change.handle()
                    .createUpdate("""
                            UPDATE api_keys SET revoked_at = :now WHERE key_id = :id AND revoked_at IS NULL""")
                    .bind("now", EpochMicros.of(clock.instant()))
                    .bind("id", id)
                    .execute();
            if (revoked > 0) {
                change.tell("key.revoke", new Subject(KEY, id), clock.instant());
            }
            return revoked > 0;
        });
    }

    /** A role that another release knew allows the least. */
    private static ApiKey read(ResultSet row) throws SQLException {
        return new ApiKey(
                row.getString("key_id"),
                row.getString("name"),
                Role.of(row.getString("role")).orElse(Role.READER),
                row.getString("digest"),
                EpochMicros.toInstant(row.getLong("created_at")),
                EpochMicros.read(row, "expires_at"),
                new Quota(number(row, "requests_per_minute"), number(row, "examples_per_day")));
    }

    private static Optional<Integer> number(ResultSet row, String column) throws SQLException {
        int number = row.getInt(column);
        return row.wasNull() ? Optional.empty() : Optional.of(number);
    }
}
