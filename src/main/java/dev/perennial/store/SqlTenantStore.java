// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.access.Tenant;
import dev.perennial.access.TenantId;
import dev.perennial.access.TenantStore;
import dev.perennial.task.AuditEvent.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;

/** Tenants in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlTenantStore implements TenantStore {
    /** Kind of the subject of audit events, and of what is heard of the changes of another process. */
    public static final String KIND = "tenant";

    private final Database database;
    private final InstantSource clock;

    public SqlTenantStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public List<Tenant> all() {
        return database.read(handle -> handle.createQuery("SELECT * FROM tenants ORDER BY tenant_id, place")
                .map((row, context) -> read(row))
                .list());
    }

    @Override
    public void put(Tenant tenant) {
        database.write(change -> {
            int renamed = change.handle()
                    .createUpdate("UPDATE tenants SET name = :name WHERE tenant_id = :id AND removed_at IS NULL")
                    .bind("name", tenant.name())
                    .bind("id", tenant.id().value())
                    .execute();
            if (renamed == 0) {
                change.handle()
                        .createUpdate("""
                                INSERT INTO tenants (place, tenant_id, name, created_at)
                                VALUES (:place, :id, :name, :created)""")
                        .bind("place", tenant.place())
                        .bind("id", tenant.id().value())
                        .bind("name", tenant.name())
                        .bind("created", EpochMicros.of(tenant.createdAt()))
                        .execute();
            }
            change.tell(renamed == 0 ? "tenant.create" : "tenant.rename", subject(tenant.id()), clock.instant());
            return tenant;
        });
    }

    @Override
    public void begin(Tenant tenant) {
        boolean unused = database.write(change -> change.handle()
                        .createUpdate("UPDATE tenants SET begun_at = :now WHERE place = :place AND begun_at IS NULL")
                        .bind("now", EpochMicros.of(clock.instant()))
                        .bind("place", tenant.place())
                        .execute()
                > 0);
    }

    @Override
    public boolean remove(TenantId id) {
        return database.write(change -> {
            int removed = change.handle()
                    .createUpdate("""
                            UPDATE tenants SET removed_at = :now WHERE tenant_id = :id AND removed_at IS NULL""")
                    .bind("now", EpochMicros.of(clock.instant()))
                    .bind("id", id.value())
                    .execute();
            if (removed > 0) {
                change.tell("tenant.remove", subject(id), clock.instant());
            }
            return removed > 0;
        });
    }

    @Override
    public void forget(Tenant deleted) {
        database.write(change -> {
            int forgotten = change.handle()
                    .createUpdate("DELETE FROM tenants WHERE place = :place AND removed_at IS NOT NULL")
                    .bind("place", deleted.place())
                    .execute();
            if (forgotten > 0) {
                change.tell("tenant.delete", subject(deleted.id()), clock.instant());
            }
            return forgotten;
        });
    }

    private static Subject subject(TenantId id) {
        return new Subject(KIND, id.value());
    }

    private static Tenant read(ResultSet row) throws SQLException {
        return new Tenant(
                new TenantId(row.getString("tenant_id")),
                row.getString("name"),
                row.getString("place"),
                EpochMicros.toInstant(row.getLong("created_at")),
                EpochMicros.read(row, "removed_at"),
                EpochMicros.read(row, "begun_at").isPresent());
    }
}
