// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteWholeTaskTest extends WholeTaskContract {
    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    Database create() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return database;
    }

    @AfterEach
    void close() {
        database.close();
    }
}
