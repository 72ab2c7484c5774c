// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.shadow.ShadowStore;
import dev.perennial.shadow.ShadowStoreContract;
import dev.perennial.task.TaskStore;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteShadowStoreTest extends ShadowStoreContract {
    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected ShadowStore create() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new SqlShadowStore(database, InstantSource.system());
    }

    @Override
    protected TaskStore tasks() {
        return new SqlTaskStore(database, InstantSource.system());
    }

    @AfterEach
    void close() {
        database.close();
    }
}
