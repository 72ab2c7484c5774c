// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.evaluate.GateStore;
import dev.perennial.evaluate.GateStoreContract;
import dev.perennial.task.AuditLog;
import dev.perennial.task.TaskStore;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteGateStoreTest extends GateStoreContract {
    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected GateStore create() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new SqlGateStore(database, InstantSource.system());
    }

    @Override
    protected TaskStore tasks() {
        return new SqlTaskStore(database, InstantSource.system());
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
