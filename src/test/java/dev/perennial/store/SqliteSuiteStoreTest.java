// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.evaluate.SuiteStore;
import dev.perennial.evaluate.SuiteStoreContract;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteSuiteStoreTest extends SuiteStoreContract {
    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected SuiteStore create() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new SqlSuiteStore(database, InstantSource.system());
    }

    @Override
    protected TaskStore tasks() {
        return new SqlTaskStore(database, InstantSource.system());
    }

    @AfterEach
    void close() {
        database.close();
    }

    /** Rows of many lengths, so that pages would be split and merged if rows moved. */
    @Test
    void replacedAndRemovedSuites_leaveNoTextInTheFiles() {
        SuiteStore store = new SqlSuiteStore(database, InstantSource.system());
        long seed = Long.getLong("perennial.seed", 3);
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<String> gone = new ArrayList<>();
        for (int version = 0; version < 6; version++) {
            List<Teaching> rows = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String mark = "mark " + version + "." + i + "." + random.nextLong();
                rows.add(row(mark + " x".repeat(random.nextInt(1_500)), "label " + mark));
                gone.add(mark);
            }
            store.put(MOOD, rows);
        }
        List<String> last = List.copyOf(gone.subList(200, 240));
        StoredBytes before = StoredBytes.in(directory);
        assertThat(last).allMatch(before::contain);
        assertThat(gone.subList(0, 200)).noneMatch(before::contain);

        tasks().remove(MOOD);

        StoredBytes after = StoredBytes.in(directory);
        assertThat(gone).noneMatch(after::contain);
    }
}
