// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.revision.RevisionStoreContract;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteRevisionStoreTest extends RevisionStoreContract {
    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected Ports create(InstantSource clock) {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new Ports(new SqlTaskStore(database, clock), new SqlRevisionStore(database, clock));
    }

    @AfterEach
    void close() {
        database.close();
    }
}
