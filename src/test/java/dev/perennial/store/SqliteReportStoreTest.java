// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.evaluate.ReportStore;
import dev.perennial.evaluate.ReportStoreContract;
import dev.perennial.task.TaskStore;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteReportStoreTest extends ReportStoreContract {
    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected ReportStore create() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new SqlReportStore(database, SqlReportStore.Sort.EVALUATIONS);
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
