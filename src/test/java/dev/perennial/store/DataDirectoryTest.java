// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.perennial.refusal.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
    @TempDir
    private Path parent;

    @Test
    void open_createsEverythingForTheOwnerOnly() throws Exception {
        assumeTrue(Files.getFileStore(parent).supportsFileAttributeView("posix"), "needs POSIX permissions");
        Path path = parent.resolve("some/data");
        try (DataDirectory directory = DataDirectory.open(path);
                SqliteDatabase database = SqliteDatabase.open(directory.database())) {
            new SqlTaskStore(database, InstantSource.system()).define(StoreFixture.task());
            for (Path created : new Path[] {directory.path(), directory.models(), directory.temporary()}) {
                assertThat(permissions(created)).as("%s", created).isEqualTo("rwx------");
            }
            try (var files = Files.list(path)) {
                assertThat(files.filter(Files::isRegularFile))
                        .hasSizeGreaterThanOrEqualTo(4)
                        .allSatisfy(file -> assertThat(permissions(file)).isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void open_refusesASecondProcess() throws Exception {
        try (DataDirectory directory = DataDirectory.open(parent);
                ChildProcess second = ChildProcess.start(CrashingWriter.class, parent.toString(), "1")) {
            assertThat(second.readLine())
                    .startsWith("refused Another process is using the data directory '" + directory.path() + "'")
                    .contains("perennial.data-directory");
        }
        try (ChildProcess next = ChildProcess.start(CrashingWriter.class, parent.toString(), "1")) {
            assertThat(next.readLine()).isEqualTo("ready");
        }
    }

    @Test
    void open_refusesASecondTimeInTheSameProcess() {
        try (DataDirectory directory = DataDirectory.open(parent)) {
            assertThatThrownBy(() -> DataDirectory.open(directory.path()))
                    .isInstanceOf(Refusal.StoreUnavailable.class)
                    .hasMessageContaining("Another process");
        }
        DataDirectory.open(parent).close();
    }

    @Test
    void open_refusesAPathThatIsAFile() throws Exception {
        Path file = Files.createFile(parent.resolve("file"));
        for (Path path : new Path[] {file, file.resolve("below")}) {
            assertThatThrownBy(() -> DataDirectory.open(path))
                    .isInstanceOf(Refusal.StoreUnavailable.class)
                    .hasMessageContaining("cannot be created or written");
        }
    }

    @Test
    void open_refusesAReadOnlyDirectory() throws Exception {
        try (TemporaryMount mount = TemporaryMount.tmpfs(parent, "ro")) {
            assertThatThrownBy(() -> DataDirectory.open(mount.path()))
                    .isInstanceOf(Refusal.StoreUnavailable.class)
                    .hasMessageContaining("'" + mount.path() + "' cannot be created or written");
        }
    }

    @Test
    void open_refusesTheFormatOfANewerRelease() throws Exception {
        DataDirectory.open(parent).close();
        DataDirectory.open(parent).close();
        Files.writeString(parent.resolve("format"), "2\n");
        assertThatThrownBy(() -> DataDirectory.open(parent))
                .isInstanceOf(Refusal.StoreUnavailable.class)
                .hasMessageContaining("has format 2");
        Files.writeString(parent.resolve("format"), "1\n");
        DataDirectory.open(parent).close();
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
