// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import dev.perennial.math.FloatMatrix;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.EncoderTokenizer;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings of the encoders that ship, and what is served of them. */
final class TrainingIT {
    private static final Path MODELS = Path.of(System.getProperty("perennial.test.models", "target/models"));
    private static final List<String> TEXTS = List.of(
            "a gorgeous, witty film",
            "dull and far too long",
            "I laughed until it hurt, and then some more",
            "the plot makes no sense at all",
            "one of the best of the year",
            "a waste of an evening");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "bge-small-en-v1.5", "e5-small-v2"})
    void whatWasTrained_isWhatIsServed(String id) throws IOException {
        OnnxRuntime runtime = OnnxRuntime.start(
                OnnxSettings.defaults().on(ExecutionProvider.CPU, true).packing(MODELS));
        BundledModels bundled = new BundledModels(MODELS);
        ModelFolder folder = bundled.folders().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
        List<Passage> passages = TEXTS.stream().map(Passage::of).toList();
        List<Objective.LabelledText> texts = new ArrayList<>();
        Encoder unpacked = bundled.open(runtime, List.of(id)).get(0);
        try (EncoderTokenizer tokenizer = EncoderTokenizer.open(folder, 32)) {
            passages.forEach(each -> texts.add(new Objective.LabelledText(tokenizer.tokens(each), texts.size() % 2)));
        }
        Path adapted = directory.resolve("adapted.onnx");
        EncoderFile file = new EncoderFile(folder.model(), folder.modelSha256(), folder.pooling());
        FloatMatrix before;
        FloatMatrix after;
        try (Encoder shipped = unpacked;
                Training training = Training.open(order(file, texts), directory)) {
            before = training.embeddings(plain(texts));
            assertThat(worst(before, shipped, passages)).as("before").isLessThan(1e-5);
            assertThat(training.run(new EveryStep())).isTrue();
            after = training.embeddings(plain(texts));
            assertThat(training.write(adapted, plain(texts))).as("the file").isLessThan(1e-5);
            assertThat(training.parameters()).isLessThan(folder.parameters() / 100);
        }
        try (Encoder served = runtime.open(folder(folder, adapted))) {
            assertThat(worst(after, served, passages)).as("served").isLessThan(1e-5);
            assertThat(worst(before, served, passages)).as("changed").isGreaterThan(1e-3);
        }
    }

    private static TrainingOrder order(EncoderFile file, List<Objective.LabelledText> texts) {
        return new TrainingOrder(
                file,
                Selection.LowRank.defaults(),
                new Objective.Contrast(texts, 0.1, 6),
                TrainingPlan.defaults(7).withSteps(4));
    }

    private static List<dev.perennial.encode.TokenSequence> plain(List<Objective.LabelledText> texts) {
        return texts.stream().map(Objective.LabelledText::text).toList();
    }

    private static double worst(FloatMatrix expected, Encoder encoder, List<Passage> passages) {
        double worst = 0;
        for (int row = 0; row < passages.size(); row++) {
            float[] vector = encoder.encode(List.of(passages.get(row))).get(0).vector();
            for (int k = 0; k < vector.length; k++) {
                worst = Math.max(worst, Math.abs((double) vector[k] - expected.at(row, k)));
            }
        }
        return worst;
    }

    private static ModelFolder folder(ModelFolder base, Path adapted) throws IOException {
        return new ModelFolder(
                base.id(),
                adapted,
                base.tokenizer(),
                sha256(adapted),
                base.tokenizerSha256(),
                base.pooling(),
                base.prefix(),
                base.maxTokens(),
                base.precision(),
                base.parameters());
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static final class EveryStep implements StepListener {
        @Override
        public boolean goesOn() {
            return true;
        }

        @Override
        public void stepped(int step, double loss) {
            assertThat(loss).isFinite();
        }
    }
}
