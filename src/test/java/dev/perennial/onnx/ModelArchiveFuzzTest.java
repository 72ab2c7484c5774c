// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A stranger's zip of an encoder and the settings in it. After a first byte 0 the input is the file; after any other it
 * is its parts, each a line with its name and its content, and a line that says {@value #END}. Nothing is written but
 * files of known names within the limit, and nothing at all when it is refused.
 */
final class ModelArchiveFuzzTest {
    private static final String END = "\n--\n";
    private static final long MOST_BYTES = 1 << 16;
    private static final Set<String> FOLDERS = Set.of("onnx", "1_Pooling");

    @TempDir
    private static Path directory;

    static Stream<byte[]> seeds() {
        byte[] plain = parts(
                "model.onnx\nx",
                "tokenizer.json\n{}",
                "modules.json\n[{\"type\":\"sentence_transformers.models.Pooling\",\"path\":\"1_Pooling\"}]",
                "1_Pooling/config.json\n{\"pooling_mode_mean_tokens\":true,\"include_prompt\":true}",
                "config.json\n{\"max_position_embeddings\":512,\"model_type\":\"roberta\",\"pad_token_id\":1}",
                "sentence_bert_config.json\n{\"max_seq_length\":128,\"do_lower_case\":false}",
                "config_sentence_transformers.json\n{\"prompts\":{\"q\":\"query: \"},\"default_prompt_name\":\"q\"}");
        byte[] nested = parts("m/onnx/model.onnx\nx", "m/tokenizer.json\n{}", "m/../../x\ny", "/x\ny", "..\\x\ny");
        return Stream.of(
                MutatedSeeds.numbered(0, zip(plain)),
                MutatedSeeds.numbered(1, plain),
                MutatedSeeds.numbered(1, nested));
    }

    private static byte[] parts(String... parts) {
        return String.join(END, parts).getBytes(StandardCharsets.UTF_8);
    }

    @MethodSource("seeds")
    @FuzzTest
    void anArchive_isUnpackedOrRefused(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        byte[] file = input[0] == 0 ? rest : zip(rest);
        Path models = directory.resolve("models");
        Optional<Path> folder =
                valueOrRefusal(() -> new ModelArchive(MOST_BYTES).unpack(new ByteArrayInputStream(file), models));
        if (folder.isPresent()) {
            checkFiles(folder.get());
            Optional<SentenceTransformerFolder> settings =
                    valueOrRefusal(() -> SentenceTransformerFolder.read(folder.get()));
            settings.ifPresent(read -> require(
                    read.maxTokens() >= 16
                            && read.maxTokens() <= 32_768
                            && read.prefix().length() <= 200,
                    "settings that no encoder has"));
            ModelArchive.delete(folder.get());
        }
        try (Stream<Path> left = Files.list(directory)) {
            require(left.allMatch(models::equals), "a file outside of its folder");
        }
        try (Stream<Path> left = Files.list(models)) {
            require(left.findAny().isEmpty(), "a file of an archive that was refused");
        }
    }

    private static void checkFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> !file.equals(folder)).forEach(file -> {
                String name = file.getFileName().toString();
                require(
                        Files.isDirectory(file) ? FOLDERS.contains(name) : name.matches("[a-z_]{1,40}\\.(json|onnx)"),
                        "a name of the archive has become one on disk");
            });
        }
    }

    private static byte[] zip(byte[] parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String part : new String(parts, StandardCharsets.UTF_8).split(END, -1)) {
                String[] nameAndContent = part.split("\n", 2);
                zip.putNextEntry(new ZipEntry(nameAndContent[0]));
                zip.write((nameAndContent.length < 2 ? "" : nameAndContent[1]).getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException | IllegalArgumentException twiceOrTooLong) {
            // the file is as far as it came
        }
        return bytes.toByteArray();
    }

    @Test
    void someArchives_areUnpackedOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::anArchive_isUnpackedOrRefused);
    }
}
