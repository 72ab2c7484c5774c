// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.encode.Passage;
import dev.perennial.refusal.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registering models of strangers, each tried in a child process. */
final class MemberChecksIT {
    private final MemberChecks checks = new MemberChecks(CheckLimits.defaults());

    @TempDir
    private Path directory;

    private ModelFolder check(byte[] model, String tokenizer) throws IOException {
        return checks.check("tiny", TinyModel.folder(directory, model, tokenizer));
    }

    private ModelFolder check(Consumer<GraphProto.Builder> change) throws IOException {
        return check(TinyModel.model(change).toByteArray(), TinyModel.tokenizer());
    }

    private static TensorProto withFirstValue(TensorProto table, float value) {
        byte[] raw = table.getRawData().toByteArray();
        int bits = Float.floatToIntBits(value);
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) (bits >> 8 * (i % 4));
        }
        return table.toBuilder().setRawData(ByteString.copyFrom(raw)).build();
    }

    @Test
    void aSoundFolder_serves_whateverItsTruncationSays() throws IOException {
        ModelFolder folder = check(graph -> {});
        assertThat(folder.precision()).isEqualTo("fp32");
        assertThat(folder.parameters()).isEqualTo((long) TinyModel.vocabulary() * TinyModel.DIMENSION);
        assertThat(folder.pooling()).isEqualTo(Pooling.MEAN);
        try (Encoder encoder = OnnxFixture.runtime().open(folder)) {
            Embedding embedding = encoder.encode(List.of(Passage.of("how do i activate my card")))
                    .get(0);
            assertThat(embedding.tokens()).isEqualTo(8);
            assertThat(embedding.truncated()).isFalse();
            assertThat(encoder.info().dimension()).isEqualTo(TinyModel.DIMENSION);
            assertThat(encoder.info().maxTokens()).isEqualTo(64);
        }
    }

    @Test
    void aSoundArchive_serves_andARefusedOneLeavesNothing() throws IOException {
        byte[] zip = zip(
                TinyModel.folder(directory.resolve("source"), TinyModel.model().toByteArray(), TinyModel.tokenizer()));
        Path models = directory.resolve("models");
        ModelFolder folder = checks.check("tiny", new ByteArrayInputStream(zip), models);
        assertThat(folder.model()).startsWith(models.toAbsolutePath()).isRegularFile();

        byte[] refused = zip(TinyModel.folder(directory.resolve("source"), new byte[100], TinyModel.tokenizer()));
        Path none = directory.resolve("none");
        assertThatThrownBy(() -> checks.check("tiny", new ByteArrayInputStream(refused), none))
                .isInstanceOf(Refusal.Invalid.class);
        assertThat(none).isEmptyDirectory();
    }

    @Test
    void aModelThatGivesNoDirection_isRefused() {
        assertThatThrownBy(() ->
                        check(graph -> graph.setInitializer(0, withFirstValue(graph.getInitializer(0), Float.NaN))))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("not finite");
    }

    @Test
    void aModelThatGivesEveryTextTheSame_isRefused() {
        assertThatThrownBy(() -> check(graph -> graph.setInitializer(0, withFirstValue(graph.getInitializer(0), 1))))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("same vector");
    }

    @Test
    void aTokenizerOfAnotherModel_isRefused() {
        assertThatThrownBy(() -> check(graph -> graph.setInitializer(0, TinyModel.table(20, new Random(1)))))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("do not agree");
    }

    @Test
    void aTokenizerThatCouldEndTheProcess_isRefused() {
        assertThatThrownBy(() -> check(TinyModel.model().toByteArray(), TinyModel.tokenizer(json -> {
                    ObjectNode split = json.putObject("pre_tokenizer").put("type", "Split");
                    split.put("behavior", "Isolated").put("invert", false);
                    split.putObject("pattern").put("Regex", "(a+)+$");
                })))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("regular expression");
    }

    @Test
    void damagedModels_areRefusedOrStillSound() throws IOException {
        byte[] model = TinyModel.model().toByteArray();
        long seed = Long.getLong("perennial.seed", 7);
        Random random = new Random(seed);
        for (int round = 0; round < 4; round++) {
            byte[] damaged = model.clone();
            for (int flip = 0; flip < 8; flip++) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                ModelFolder folder = check(damaged, TinyModel.tokenizer());
                OnnxFixture.runtime().open(folder).close();
            } catch (Refusal.Invalid refusal) {
                assertThat(refusal.getMessage()).as("seed %d", seed).isNotBlank();
            }
        }
    }

    @Test
    void aDryRunThatTakesTooLong_orTooMuch_isRefused() throws IOException {
        Path folder = TinyModel.folder(directory, TinyModel.model().toByteArray(), TinyModel.tokenizer());
        assertThatThrownBy(() ->
                        new MemberChecks(new CheckLimits(1 << 20, Duration.ofMillis(1), 64)).check("tiny", folder))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("longer than");
        assertThatThrownBy(() ->
                        new MemberChecks(new CheckLimits(1 << 20, Duration.ofMinutes(1), 2)).check("tiny", folder))
                .isInstanceOf(Refusal.Invalid.class);
        assertThatThrownBy(() -> new MemberChecks(new CheckLimits(10, Duration.ofMinutes(1), 64)).check("tiny", folder))
                .isInstanceOf(Refusal.TooLarge.class);
    }

    @Test
    void aFileThatChangesAfterItsCheck_isNotOpened() throws IOException {
        ModelFolder folder = check(graph -> {});
        byte[] model = Files.readAllBytes(folder.model());
        model[model.length / 2] ^= 1;
        Files.write(folder.model(), model);
        assertThatThrownBy(() -> OnnxFixture.runtime().open(folder))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("corrupted");
    }

    @Test
    void anInterruptedCheck_saysNothingAgainstTheModel() throws Exception {
        Path folder = TinyModel.folder(directory, TinyModel.model().toByteArray(), TinyModel.tokenizer());
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread checking = new Thread(() -> failure.set(catchThrowable(() -> checks.check("tiny", folder))));
        checking.start();
        await().until(() -> ProcessHandle.current().children().findAny().isPresent());
        checking.interrupt();
        checking.join();

        assertThat(failure.get()).isInstanceOf(Refusal.NotReady.class);
    }

    private static byte[] zip(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes);
                Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry("tiny/" + folder.relativize(file)));
                zip.write(Files.readAllBytes(file));
            }
        }
        return bytes.toByteArray();
    }
}
