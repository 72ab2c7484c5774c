// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.evaluate.SuiteAccuracyStore;
import dev.perennial.evaluate.SuiteAccuracyStoreContract;
import dev.perennial.evaluate.SuiteStore;
import dev.perennial.task.TaskStore;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteSuiteAccuracyStoreTest extends SuiteAccuracyStoreContract {
    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected SuiteAccuracyStore create() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new SqlSuiteAccuracyStore(database);
    }

    @Override
    protected TaskStore tasks() {
        return new SqlTaskStore(database, InstantSource.system());
    }

    @Override
    protected SuiteStore suites() {
        return new SqlSuiteStore(database, InstantSource.system());
    }

    @AfterEach
    void close() {
        database.close();
    }
}
