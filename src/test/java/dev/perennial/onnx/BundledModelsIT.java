// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BundledModelsIT {
    @TempDir
    private Path directory;

    @Test
    void aCorruptedFile_isReplacedFromTheClassPath() throws IOException {
        BundledModels models = new BundledModels(directory);
        ModelFolder folder = models.folders().get(0);
        Files.write(folder.model(), new byte[1000]);
        Files.write(folder.tokenizer(), new byte[1000]);
        try (Encoder encoder =
                models.open(OnnxFixture.runtime(), List.of(folder.id())).get(0)) {
            assertThat(encoder.encode(List.of(Passage.of("text")))).hasSize(1);
        }
        assertThat(Sha256.of(folder.model())).isEqualTo(folder.modelSha256());
        assertThat(Sha256.of(folder.tokenizer())).isEqualTo(folder.tokenizerSha256());
        assertThat(directory.toFile().list()).hasSize(2);
    }

    @Test
    void aDirectoryThatCannotBeWritten_isRefusedWithTheReason() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[0]);
        assertThatThrownBy(() -> new BundledModels(file).open(OnnxFixture.runtime(), List.of("e5-small-v2")))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("cannot be unpacked");
    }

    @Test
    void anUnknownId_isNotFound() {
        assertThatThrownBy(() -> new BundledModels(directory).open(OnnxFixture.runtime(), List.of("none")))
                .isInstanceOf(Refusal.NotFound.class);
    }
}
