// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.TaskStore;
import dev.perennial.task.TaskStoreContract;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteTaskStoreTest extends TaskStoreContract {
    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected TaskStore create(InstantSource clock) {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new SqlTaskStore(database, clock);
    }

    @Override
    protected TaskStore reopen(InstantSource clock) {
        database.close();
        return create(clock);
    }

    @AfterEach
    void close() {
        database.close();
    }
}
