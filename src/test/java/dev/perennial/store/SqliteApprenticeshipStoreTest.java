// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.shadow.ApprenticeshipStore;
import dev.perennial.shadow.ApprenticeshipStoreContract;
import dev.perennial.task.TaskStore;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteApprenticeshipStoreTest extends ApprenticeshipStoreContract {
    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected ApprenticeshipStore create() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new SqlApprenticeshipStore(database, InstantSource.system());
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
