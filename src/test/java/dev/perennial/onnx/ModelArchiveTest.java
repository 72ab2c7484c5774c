// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelArchiveTest {
    private static final long LIMIT = 1 << 20;

    @TempDir
    private Path directory;

    private static byte[] zip(String... names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write("content".getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private Path unpack(byte[] zip) throws IOException {
        return new ModelArchive(LIMIT).unpack(new ByteArrayInputStream(zip), directory.resolve("models"));
    }

    private void assertRefused(byte[] zip) throws IOException {
        assertThatThrownBy(() -> unpack(zip)).isInstanceOf(Refusal.class);
        try (Stream<Path> left = Files.walk(directory)) {
            assertThat(left.filter(Files::isRegularFile)).isEmpty();
        }
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void unpack_writesTheKnownFilesOnly() throws IOException {
        Path folder = unpack(zip("README.md", "model.onnx", "tokenizer.json", "1_Pooling/config.json", "run.sh"));
        assertThat(files(folder)).containsExactly("1_Pooling/config.json", "model.onnx", "tokenizer.json");
    }

    @Test
    void unpack_ofAFolder_leavesItsNameOut() throws IOException {
        Path folder = unpack(zip("my-model/", "my-model/onnx/model.onnx", "my-model/openvino/config.json"));
        assertThat(files(folder)).containsExactly("onnx/model.onnx");
    }

    @Test
    void suspiciousNames_refuseTheWholeArchive() throws IOException {
        for (String name : List.of(
                "../x",
                "a/../../x",
                "/etc/passwd",
                "..\\x",
                "C:x",
                "./model.onnx",
                "model.onnx\u0000.txt",
                "mоdel.onnx",
                "x".repeat(300))) {
            assertRefused(zip("tokenizer.json", name));
        }
    }

    @Test
    void aNameTwice_isRefused() throws IOException {
        byte[] zip = zip("model.onnx", "modex.onnx");
        byte[] other = "modex.onnx".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i + other.length <= zip.length; i++) {
            if (Arrays.equals(zip, i, i + other.length, other, 0, other.length)) {
                zip[i + 4] = 'l';
            }
        }
        assertRefused(zip);
    }

    @Test
    void tooMuch_isRefused() throws IOException {
        String[] names = new String[300];
        for (int i = 0; i < names.length; i++) {
            names[i] = "file" + i;
        }
        assertRefused(zip(names));
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bomb)) {
            zip.putNextEntry(new ZipEntry("model.onnx"));
            for (int i = 0; i < 40; i++) {
                zip.write(new byte[1 << 20]);
            }
        }
        assertRefused(bomb.toByteArray());
    }

    @Test
    void whatIsNotAnArchive_isRefused() throws IOException {
        assertRefused(new byte[0]);
        assertRefused("not a zip".getBytes(StandardCharsets.UTF_8));
        byte[] zip = zip("model.onnx", "tokenizer.json");
        assertRefused(Arrays.copyOf(zip, 45));
    }
}
