// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static dev.perennial.store.StoreFixture.TASK;
import static dev.perennial.store.StoreFixture.task;
import static dev.perennial.store.StoreFixture.teach;
import static dev.perennial.store.StoreFixture.teaching;
import static dev.perennial.store.StoreFixture.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.EncodedTeaching;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to the store when its surroundings fail. */
final class SqliteDatabaseTest {
    /** As SQLite numbers how it forces what it writes. */
    private static final int NORMAL = 1;

    private static final int FULL = 2;

    @TempDir
    private Path directory;

    @Test
    void fullFile_refusesTheTeachingAndLosesNothing() {
        try (SqliteDatabase database = open(directory)) {
            SqlTaskStore store = new SqlTaskStore(database, InstantSource.system());
            teach(store, teaching("first", Map.of()));
            database.limitPages(40);
            assertThatThrownBy(() -> fill(store))
                    .isInstanceOf(Refusal.StoreUnavailable.class)
                    .hasMessageContaining("full");
            assertIntact(store);
            database.limitPages(0);
            assertThat(teach(store, teaching("second", Map.of())).taught()).isEqualTo(1);
        }
    }

    @Test
    void fullDisk_refusesTheTeachingAndLosesNothing() throws Exception {
        try (TemporaryMount mount = TemporaryMount.tmpfs(directory, "size=4m")) {
            try (SqliteDatabase database = open(mount.path())) {
                SqlTaskStore store = new SqlTaskStore(database, InstantSource.system());
                teach(store, teaching("first", Map.of()));
                assertThatThrownBy(() -> fill(store))
                        .isInstanceOf(Refusal.StoreUnavailable.class)
                        .hasMessageContaining("full");
                assertIntact(store);
            }
            try (SqliteDatabase database = open(mount.path())) {
                assertIntact(new SqlTaskStore(database, InstantSource.system()));
            }
        }
    }

    @Test
    void fullDisk_thatHoldsUpAnErasure_isSaidToBeFull() throws Exception {
        try (TemporaryMount mount = TemporaryMount.tmpfs(directory, "size=6m");
                SqliteDatabase database = open(mount.path())) {
            SqlTaskStore store = new SqlTaskStore(database, InstantSource.system());
            String example = teach(store, many(300)).rows().get(0).exampleId();
            long room = mount.path().toFile().getUsableSpace() - 250_000;
            Files.write(mount.path().resolve("filler"), new byte[(int) room]);

            assertThatThrownBy(() -> store.forget(TASK, example))
                    .isInstanceOf(Refusal.StoreUnavailable.class)
                    .hasMessageContaining("full");
            assertThat(store.examples(TASK)).hasSize(299);
        }
    }

    @Test
    void damagedFiles_areRefusedWithAdvice() throws Exception {
        try (SqliteDatabase database = open(directory)) {
            teach(new SqlTaskStore(database, InstantSource.system()), many(200));
        }
        Path file = directory.resolve("perennial.db");
        byte[] sound = Files.readAllBytes(file);
        for (int at : new int[] {0, 20_000, sound.length / 2}) {
            Files.write(file, sound);
            try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                bytes.seek(at);
                bytes.write(new byte[9_000]);
            }
            assertThatThrownBy(() -> open(directory))
                    .as("at %d", at)
                    .isInstanceOf(Refusal.StoreUnavailable.class)
                    .hasMessageContaining("damaged")
                    .hasMessageContaining("backup");
        }
    }

    @Test
    void aNewerSchema_isRefused() {
        try (SqliteDatabase database = open(directory)) {
            database.write(change -> change.handle()
                    .execute(
                            "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum,"
                                    + " installed_by, execution_time, success) VALUES (99, '99', 'later', 'SQL', 'V99__later.sql',"
                                    + " 1, '', 1, 1)"));
        }
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(Refusal.StoreUnavailable.class)
                .hasMessageContaining("newer release");
    }

    @Test
    void aMissingDirectory_isRefusedWithAdvice() {
        assertThatThrownBy(() -> open(directory.resolve("nowhere")))
                .isInstanceOf(Refusal.StoreUnavailable.class)
                .hasMessageContaining("writable");
    }

    @Test
    void aForeignReader_makesForgetSayThatTheBytesAreStillThere() throws Exception {
        try (SqliteDatabase database = open(directory)) {
            SqlTaskStore store = new SqlTaskStore(database, InstantSource.system());
            String first = teach(store, teaching("first secret", Map.of()))
                    .rows()
                    .get(0)
                    .exampleId();
            String second =
                    teach(store, teaching("second", Map.of())).rows().get(0).exampleId();
            try (Connection foreign = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("perennial.db"))) {
                foreign.setAutoCommit(false);
                try (Statement statement = foreign.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT number FROM examples")) {
                    assertThat(rows.next()).isTrue();
                    assertThatThrownBy(() -> store.forget(TASK, first))
                            .isInstanceOf(Refusal.StoreUnavailable.class)
                            .hasMessageContaining("another program");
                }
            }
            store.forget(TASK, second);
            assertThat(StoredBytes.in(directory).contain("first secret")).isFalse();
        }
    }

    @Test
    void aWrongStatement_quotesNoClientText() {
        try (SqliteDatabase database = open(directory)) {
            assertThatThrownBy(() -> database.write(change -> change.handle()
                            .execute("INSERT INTO tasks (task_id, instruction) VALUES ('t', ?)", "client text")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageNotContaining("client text")
                    .hasNoCause();
        }
    }

    /** More failures than there are connections. */
    @Test
    void connectionsThatCannotRollBack_areReplaced() {
        try (SqliteDatabase database = open(directory)) {
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(() -> database.read(SqliteDatabaseTest::closeAndFail))
                        .hasMessage("planted");
                assertThatThrownBy(() -> database.write(change -> closeAndFail(change.handle())))
                        .hasMessage("planted");
            }
            SqlTaskStore store = new SqlTaskStore(database, InstantSource.system());
            assertThat(teach(store, teaching("first", Map.of())).taught()).isEqualTo(1);
            assertIntact(store);
        }
    }

    @Test
    void whatIsNotForced_isWritten_andWhatFollowsIsForcedAgain() {
        Path file = directory.resolve("perennial.db");
        try (SqliteDatabase database = SqliteDatabase.open(file)) {
            database.writeUnforced(change -> {
                change.reserve("example", 3);
                assertThat(synchronous(change)).isEqualTo(NORMAL);
            });
            assertThat(database.<Integer>write(SqliteDatabaseTest::synchronous)).isEqualTo(FULL);
            assertThatThrownBy(() -> database.writeUnforced(change -> {
                        throw new IllegalArgumentException("it fails");
                    }))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(database.<Integer>write(SqliteDatabaseTest::synchronous)).isEqualTo(FULL);
        }
        try (SqliteDatabase again = SqliteDatabase.open(file)) {
            assertThat(again.<Long>write(change -> change.reserve("example", 1)))
                    .isEqualTo(4);
        }
    }

    private static int synchronous(Change change) {
        return change.handle()
                .createQuery("PRAGMA synchronous")
                .mapTo(int.class)
                .one();
    }

    @Test
    void aClosedStore_refuses() {
        SqliteDatabase database = open(directory);
        database.close();
        SqlTaskStore store = new SqlTaskStore(database, InstantSource.system());
        assertThatThrownBy(store::tasks).isInstanceOf(Refusal.StoreUnavailable.class);
        assertThatThrownBy(() -> store.define(task())).isInstanceOf(Refusal.StoreUnavailable.class);
        database.close();
    }

    @Test
    void tenThousandExamples_areTaughtAndReadInSeconds() {
        try (SqliteDatabase database = open(directory)) {
            SqlTaskStore store = new SqlTaskStore(database, InstantSource.system());
            long start = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                assertThat(teach(store, many(1_000, i)).taught()).isEqualTo(1_000);
            }
            assertThat(store.vectors(TASK, "member-2")).hasSize(10_000);
            assertThat(store.examples(TASK)).hasSize(10_000);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        }
    }

    private static SqliteDatabase open(Path directory) {
        SqliteDatabase database = SqliteDatabase.open(directory.resolve("perennial.db"));
        new SqlTaskStore(database, InstantSource.system()).define(task());
        return database;
    }

    private static Object closeAndFail(Handle handle) {
        try {
            handle.getConnection().close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        throw new IllegalStateException("planted");
    }

    private static void fill(SqlTaskStore store) {
        teach(store, many(2_000));
    }

    private static EncodedTeaching[] many(int count) {
        return many(count, 0);
    }

    private static EncodedTeaching[] many(int count, int part) {
        float[] vector = vector(new Random(part), 384);
        Map<String, float[]> vectors = Map.of("member-0", vector, "member-1", vector, "member-2", vector);
        return IntStream.range(0, count)
                .mapToObj(i -> teaching("example " + part + "." + i, vectors))
                .toArray(EncodedTeaching[]::new);
    }

    private static void assertIntact(SqlTaskStore store) {
        assertThat(store.examples(TASK))
                .extracting(example -> example.teaching().input().text().value())
                .containsExactly("first");
        assertThat(store.latestRevision()).isEqualTo(2);
        assertThat(store.task(TASK).orElseThrow().examples()).isEqualTo(1);
    }
}
