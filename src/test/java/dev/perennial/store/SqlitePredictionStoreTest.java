// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.feedback.PredictionStore;
import dev.perennial.feedback.PredictionStoreContract;
import dev.perennial.task.TaskStore;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqlitePredictionStoreTest extends PredictionStoreContract {
    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected PredictionStore create() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new SqlPredictionStore(database);
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
