// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class QuantisingIT {
    private static final String ID = "all-minilm-l6-v2";
    private static final Passage TEXT = Passage.of("How do I activate my new card?");

    @TempDir
    private Path directory;

    @BeforeAll
    static void unpack() {
        OnnxFixture.encoder(ID);
    }

    private Encoder open(Precision precision) {
        OnnxRuntime runtime = OnnxRuntime.start(OnnxSettings.defaults()
                .on(ExecutionProvider.CPU, true)
                .packing(directory)
                .rounding(OnnxSettings.Precisions.all(precision)));
        return runtime.open(folder());
    }

    private static ModelFolder folder() {
        return OnnxFixture.models().folders().stream()
                .filter(candidate -> candidate.id().equals(ID))
                .findFirst()
                .orElseThrow();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".int8")).toList();
        }
    }

    @Test
    void bytes_haveADigestOfTheirOwn_andTheirFileIsUsedAgain() throws IOException {
        float[] first;
        EncoderInfo info;
        try (Encoder encoder = open(Precision.INT8)) {
            info = encoder.info();
            first = encoder.encode(List.of(TEXT)).get(0).vector();
        }
        Path file = files().get(0);
        Object made = Files.readAttributes(file, "lastModifiedTime,fileKey");
        try (Encoder again = open(Precision.INT8);
                Encoder floats = open(Precision.FP32)) {
            assertThat(again.info()).isEqualTo(info);
            assertThat(again.encode(List.of(TEXT)).get(0).vector()).isEqualTo(first);
            assertThat(floats.info().digest()).isNotEqualTo(info.digest());
            assertThat(floats.info().precision()).isEqualTo("fp32");
        }
        assertThat(info.precision()).isEqualTo("int8");
        assertThat(info.bytes()).isEqualTo(Files.size(file)).isLessThan(30_000_000);
        assertThat((Object) Files.readAttributes(file, "lastModifiedTime,fileKey"))
                .isEqualTo(made);
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(path -> path.getFileName().toString())).noneMatch(name -> name.startsWith("."));
        }
    }

    @Test
    void auto_isBothAtOnce_andBothAreClosed() {
        Encoder both = open(Precision.AUTO);
        Encoder bytes = both.rounded().orElseThrow();
        try (Encoder floats = open(Precision.FP32);
                Encoder rounded = open(Precision.INT8)) {
            assertThat(both.info()).isEqualTo(floats.info());
            assertThat(both.encode(List.of(TEXT)).get(0).vector())
                    .isEqualTo(floats.encode(List.of(TEXT)).get(0).vector());
            assertThat(bytes.info()).isEqualTo(rounded.info());
            assertThat(bytes.encode(List.of(TEXT)).get(0).vector())
                    .isEqualTo(rounded.encode(List.of(TEXT)).get(0).vector());
            assertThat(floats.rounded()).isEmpty();
            assertThat(rounded.rounded()).isEmpty();
        }
        both.close();
        assertThatThrownBy(() -> both.encode(List.of(TEXT))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> bytes.encode(List.of(TEXT))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFileThatWasChanged_isMadeAnew_theSame() throws IOException {
        open(Precision.INT8).close();
        Path file = files().get(0);
        byte[] whole = Files.readAllBytes(file);
        byte[] changed = whole.clone();
        changed[changed.length / 2]++;
        Files.write(file, changed);
        assertThat(new QuantisedFile(file).graph()).isEmpty();
        open(Precision.INT8).close();
        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
        Files.write(file, new byte[3]);
        assertThat(new QuantisedFile(file).graph()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"INT8", "AUTO"})
    void whereNothingCanBeWritten_itServesAsItIs(Precision wished) throws IOException {
        Path notADirectory = Files.writeString(directory.resolve("file"), "x");
        OnnxRuntime runtime = OnnxRuntime.start(OnnxSettings.defaults()
                .on(ExecutionProvider.CPU, true)
                .packing(notADirectory)
                .rounding(OnnxSettings.Precisions.all(wished)));
        try (Encoder encoder = runtime.open(folder())) {
            assertThat(encoder.rounded()).isEmpty();
            assertThat(encoder.info().precision()).isEqualTo("fp32");
            assertThat(encoder.encode(List.of(TEXT))).hasSize(1);
        }
    }
}
