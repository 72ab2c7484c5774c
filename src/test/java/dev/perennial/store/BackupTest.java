// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a data directory that is in use. */
final class BackupTest {
    @TempDir
    private Path home;

    @Test
    void copy_isADataDirectory_withoutWhatIsNotKept() throws IOException {
        Path data = home.resolve("data");
        try (DataDirectory directory = DataDirectory.open(data);
                Database database = SqliteDatabase.open(directory.database())) {
            write(database, 7);
            Files.writeString(directory.adapters().resolve("ad_1.adapter"), "{}");
            Files.writeString(directory.adapters().resolve("ad_2.part"), "{");
            Files.createDirectories(directory.members().resolve("mine"));
            Files.writeString(directory.members().resolve("mine").resolve("model.onnx"), "m");
            Files.createDirectories(directory.members().resolve(".pending-x"));
            Files.writeString(directory.exports().resolve("exp_1.zip"), "text of a client");

            assertThat(Backup.make(data, home.resolve("copy"))).isEqualTo(new Backup.Made(true, 2, 0));
        }

        Path copy = home.resolve("copy");
        assertThat(copy.resolve("exports")).doesNotExist();
        assertThat(copy.resolve("adapters/ad_2.part")).doesNotExist();
        assertThat(copy.resolve("members/.pending-x")).doesNotExist();
        assertThat(home.resolve("copy.part")).doesNotExist();
        try (DataDirectory directory = DataDirectory.open(copy);
                Database database = SqliteDatabase.open(directory.database())) {
            assertThat(read(database)).isEqualTo(7);
            assertThat(directory.adapters().resolve("ad_1.adapter")).hasContent("{}");
            assertThat(directory.members().resolve("mine/model.onnx")).hasContent("m");
        }
    }

    @Test
    void tenants_areCopiedWithTheirDatabasesAndFiles() throws Exception {
        Path data = home.resolve("data");
        Path place = data.resolve("tenants/acme-00000001");
        try (DataDirectory directory = DataDirectory.open(data);
                Database database = SqliteDatabase.open(directory.database());
                DataDirectory tenant = DataDirectory.open(place);
                Database own = SqliteDatabase.open(tenant.database())) {
            write(database, 7);
            write(own, 8);
            Files.writeString(tenant.adapters().resolve("ad_1.adapter"), "{}");
            Files.writeString(tenant.exports().resolve("exp_1.zip"), "text of a client");
            Files.createDirectories(data.resolve("tenants/unfinished-00000002"));

            assertThat(Backup.make(data, home.resolve("copy"))).isEqualTo(new Backup.Made(true, 1, 1));
        }

        Path copy = home.resolve("copy/tenants/acme-00000001");
        assertThat(copy.resolve("exports")).doesNotExist();
        assertThat(home.resolve("copy/tenants/unfinished-00000002")).doesNotExist();
        try (DataDirectory directory = DataDirectory.open(copy);
                Database database = SqliteDatabase.open(directory.database())) {
            assertThat(read(database)).isEqualTo(8);
            assertThat(directory.adapters().resolve("ad_1.adapter")).hasContent("{}");
        }
    }

    /** Two numbers that are always written together are together in every copy. */
    @Test
    void copies_ofADatabaseThatIsWritten_areOfOneMoment() throws Exception {
        Path data = home.resolve("data");
        try (DataDirectory directory = DataDirectory.open(data);
                Database database = SqliteDatabase.open(directory.database())) {
            AtomicBoolean done = new AtomicBoolean();
            AtomicInteger written = new AtomicInteger();
            Thread writer = new Thread(() -> {
                while (!done.get()) {
                    int number = written.incrementAndGet();
                    database.write(change -> {
                        change.handle().execute("UPDATE sequences SET last_value = ? WHERE name = 'revision'", number);
                        change.handle().execute("UPDATE sequences SET last_value = ? WHERE name = 'example'", number);
                        return true;
                    });
                }
            });
            writer.start();
            try {
                for (int i = 0; i < 5; i++) {
                    Path copy = home.resolve("copy" + i);
                    Backup.make(data, copy);
                    try (Database copied = SqliteDatabase.open(copy.resolve("perennial.db"))) {
                        assertThat(value(copied, "example")).isEqualTo(read(copied));
                    }
                }
            } finally {
                done.set(true);
                writer.join();
            }
            assertThat(written.get()).isGreaterThan(1);
        }
    }

    @Test
    void filesThatChangeAllTheTime_areNotCopiedAsIfTheyWereOfOneMoment() throws Exception {
        Path data = home.resolve("data");
        try (DataDirectory directory = DataDirectory.open(data);
                Database database = SqliteDatabase.open(directory.database())) {
            write(database, 1);
            AtomicBoolean done = new AtomicBoolean();
            CountDownLatch begun = new CountDownLatch(1);
            Thread writer = new Thread(() -> {
                for (int i = 0; !done.get(); i++) {
                    replace(directory.adapters().resolve("ad_1.adapter"), i);
                    begun.countDown();
                }
            });
            writer.start();
            try {
                begun.await();
                assertThatThrownBy(() -> Backup.make(data, home.resolve("copy")))
                        .hasMessageContaining("kept changing");
            } finally {
                done.set(true);
                writer.join();
            }
        }
        assertThat(home.resolve("copy.part")).doesNotExist();
    }

    private static void replace(Path file, int number) {
        try {
            Path part = Files.writeString(file.resolveSibling("ad_1.part"), "" + number);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsThere_isNeverReplaced() throws IOException {
        Path data = home.resolve("data");
        DataDirectory.open(data).close();
        Path target = Files.createDirectory(home.resolve("copy"));

        assertThatThrownBy(() -> Backup.make(data, target))
                .isInstanceOf(Refusal.StoreUnavailable.class)
                .hasMessageContaining("exists already");
        assertThatThrownBy(() -> Backup.make(data, data.resolve("copy"))).hasMessageContaining("inside");
        Path link = Files.createSymbolicLink(home.resolve("link"), data);
        assertThatThrownBy(() -> Backup.make(data, link.resolve("copy"))).hasMessageContaining("inside");
        assertThatThrownBy(() -> Backup.make(link, data.resolve("copy"))).hasMessageContaining("inside");
        assertThatThrownBy(() -> Backup.make(home, home.resolve("other"))).hasMessageContaining("no data directory");
        Files.createDirectory(home.resolve("third.part"));
        assertThatThrownBy(() -> Backup.make(data, home.resolve("third"))).hasMessageContaining("cut off");
        try (Stream<Path> files = Files.list(target)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void damagedDatabase_leavesNothingBehind() throws IOException {
        Path data = home.resolve("data");
        DataDirectory.open(data).close();
        Files.writeString(
                data.resolve("perennial.db"), "this is no database, and long enough to be looked at".repeat(99));

        assertThatThrownBy(() -> Backup.make(data, home.resolve("copy"))).isInstanceOf(Refusal.StoreUnavailable.class);

        try (Stream<Path> left = Files.list(home)) {
            assertThat(left).containsExactly(data);
        }
    }

    @Test
    void withoutADatabase_filesAreCopied() throws IOException {
        Path data = home.resolve("data");
        DataDirectory.open(data).close();
        Files.writeString(data.resolve("graphs/g.trained.vectors"), "v");

        assertThat(Backup.make(data, home.resolve("copy"))).isEqualTo(new Backup.Made(false, 1, 0));
        assertThat(home.resolve("copy/graphs/g.trained.vectors")).hasContent("v");
    }

    private static void write(Database database, long number) {
        database.write(change ->
                change.handle().execute("UPDATE sequences SET last_value = ? WHERE name = 'revision'", number));
    }

    private static long read(Database database) {
        return value(database, "revision");
    }

    private static long value(Database database, String sequence) {
        return database.read(handle -> handle.createQuery("SELECT last_value FROM sequences WHERE name = :name")
                .bind("name", sequence)
                .mapTo(long.class)
                .one());
    }
}
