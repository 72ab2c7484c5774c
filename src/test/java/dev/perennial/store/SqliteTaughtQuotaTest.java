// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteTaughtQuotaTest extends TaughtQuotaContract {
    @TempDir
    private Path directory;

    private final List<Database> opened = new ArrayList<>();

    @Override
    protected Database reopen(Supplier<Origin> origins) {
        SqliteDatabase database = SqliteDatabase.open(directory.resolve("perennial.db"), origins);
        opened.add(database);
        return database;
    }

    @AfterEach
    void close() {
        opened.forEach(Database::close);
    }
}
