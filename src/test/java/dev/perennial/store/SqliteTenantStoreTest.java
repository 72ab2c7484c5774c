// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.access.TenantStore;
import dev.perennial.access.TenantStoreContract;
import dev.perennial.task.AuditLog;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteTenantStoreTest extends TenantStoreContract {
    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected TenantStore create() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new SqlTenantStore(database, InstantSource.system());
    }

    @Override
    protected AuditLog audit() {
        return new SqlAuditLog(database);
    }

    @AfterEach
    void close() {
        database.close();
    }
}
