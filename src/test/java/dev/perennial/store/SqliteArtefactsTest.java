// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refresh.Artefacts;
import dev.perennial.refresh.ArtefactsContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteArtefactsTest extends ArtefactsContract {
    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected Artefacts create() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new SqlArtefacts(database);
    }

    @Override
    protected void tamper(String sql) {
        database.write(change -> change.handle().execute(sql));
    }

    @Override
    protected long count(String sql) {
        return database.read(handle -> handle.createQuery(sql).mapTo(long.class).one());
    }

    @AfterEach
    void close() {
        database.close();
    }
}
