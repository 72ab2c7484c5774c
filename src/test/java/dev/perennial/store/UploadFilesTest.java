// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refresh.KeptFiles;
import dev.perennial.refusal.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UploadFilesTest {
    @TempDir
    private Path directory;

    @Test
    void aFile_isKeptUntilItIsDiscarded() throws IOException {
        UploadFiles uploads = new UploadFiles(directory, KeptFiles.NONE);
        String name = uploads.stage(new ByteArrayInputStream(new byte[] {1, 2, 3}));
        assertThat(uploads.size(name)).isEqualTo(3);
        try (InputStream in = new UploadFiles(directory, KeptFiles.NONE).open(name)) {
            assertThat(in.readAllBytes()).containsExactly(1, 2, 3);
        }
        uploads.discard(name);
        uploads.discard(name);
        assertThat(directory).isEmptyDirectory();
        assertThatThrownBy(() -> uploads.open(name)).isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void retain_removesTheOthers() {
        UploadFiles uploads = new UploadFiles(directory, KeptFiles.NONE);
        String kept = uploads.stage(InputStream.nullInputStream());
        uploads.stage(InputStream.nullInputStream());
        uploads.retain(Set.of(kept));
        assertThat(directory.toFile().list()).containsExactly(kept);
    }

    @Test
    void whatBreaksOff_isNotKept() {
        UploadFiles uploads = new UploadFiles(directory, KeptFiles.NONE);
        InputStream tooLarge = new InputStream() {
            private int left = 100_000;

            @Override
            public int read() {
                if (left-- == 0) {
                    throw new Refusal.TooLarge("graph_import_bytes", 100_000, 100_001);
                }
                return 'x';
            }
        };
        assertThatThrownBy(() -> uploads.stage(tooLarge)).isInstanceOf(Refusal.TooLarge.class);
        assertThat(directory).isEmptyDirectory();
    }
}
