// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.task.DerivedCache;
import dev.perennial.task.DerivedCacheContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DerivedFilesTest extends DerivedCacheContract {
    private static final String NAME = "task";
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir
    private Path directory;

    private DerivedFiles files;

    @BeforeEach
    void open() {
        files = new DerivedFiles(directory);
    }

    @Override
    protected DerivedCache cache() {
        return files;
    }

    @Test
    void fileThatIsCutOrChanged_isNotThere() throws IOException {
        files.put(NAME, CONTENT);
        Path file = onlyFile();
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(files.get(NAME)).isEmpty();
        }
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 1;
            Files.write(file, changed);
            assertThat(files.get(NAME)).isEmpty();
        }
        Files.write(file, whole);
        assertThat(files.get(NAME)).hasValue(CONTENT);
    }

    @Test
    void files_areTheOwnersAlone() throws IOException {
        files.put(NAME, CONTENT);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(onlyFile())))
                .isEqualTo("rw-------");
    }

    @Test
    void directoryThatIsGone_losesOnlyTime() throws IOException {
        Files.delete(directory);
        files.put(NAME, CONTENT);
        files.remove(NAME);
        assertThat(files.names()).isEmpty();
        assertThat(files.get(NAME)).isEmpty();
        Files.createDirectory(directory);
    }

    @Test
    void whatAStopLeftHalfWritten_isCleared() throws IOException {
        Files.write(directory.resolve("task.new"), CONTENT);
        new DerivedFiles(directory);
        assertThat(directory).isEmptyDirectory();
    }

    private Path onlyFile() throws IOException {
        try (var found = Files.list(directory)) {
            return found.findFirst().orElseThrow();
        }
    }
}
