// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.adapt.MergeKind;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import dev.perennial.learn.AdaptationObjective;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.Continuation;
import dev.perennial.learn.EncoderTraining;
import dev.perennial.learn.LabelledPassage;
import dev.perennial.learn.TrainedAdapter;
import dev.perennial.learn.TrainingBudget;
import dev.perennial.learn.TrainingFollower;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.refusal.Refusal;
import dev.perennial.train.EncoderFile;
import dev.perennial.train.WorkOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trainings within this process are those of a process of their own, and can be ended as they can. */
final class OwnTrainingIT {
    private static final Path MODELS = Path.of(System.getProperty("perennial.test.models", "target/models"));
    private static final OnnxRuntime RUNTIME = OnnxRuntime.start(
            OnnxSettings.defaults().on(ExecutionProvider.CPU, true).packing(MODELS));
    private static final List<String> TEXTS = List.of(
            "how do i activate my card ?",
            "volcanoes erupt under the ocean !",
            "activate the new card",
            "the quick fox is under the door",
            "is my new card open ?",
            "the door is closed .",
            "do i open it",
            "a volcanoes word");
    private static final long MEGABYTE = 1L << 20;
    private static final TrainingBudget BUDGET =
            new TrainingBudget(4, Duration.ofMinutes(5), 900 * MEGABYTE, 5_000_000);

    @TempDir
    private Path directory;

    private WorkerTrainer trainer(TrainingPlace place) {
        return new WorkerTrainer(
                RUNTIME,
                new WorkerTrainer.Places(directory.resolve("work"), directory.resolve("members"), 1000 * MEGABYTE),
                InstantSource.system(),
                new WorkerTrainer.Workshop(place, new Semaphore(1)));
    }

    private static EncoderTraining training(AdaptationStrategy strategy, TrainingBudget budget) {
        List<LabelledPassage> examples = new ArrayList<>();
        TEXTS.forEach(text -> examples.add(new LabelledPassage(Passage.of(text), examples.size() % 2)));
        return new EncoderTraining(strategy, AdaptationObjective.CONTRAST, examples, budget, 1);
    }

    private static TrainingBudget endless() {
        return new TrainingBudget(1_000_000, BUDGET.longest(), BUDGET.memoryBytes(), BUDGET.parameters());
    }

    /** Does something at the second step. */
    private record AtSecond(Runnable what) implements TrainingRun.Listener {
        @Override
        public boolean goesOn() {
            return true;
        }

        @Override
        public void stepped(int step, int of, double loss) {
            assertThat(ProcessHandle.current().children()).isEmpty();
            if (step == 2) {
                what.run();
            }
        }
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<Path> left = Files.list(directory.resolve("work"))) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactly("adapted");
        }
    }

    @ParameterizedTest
    @EnumSource(AdaptationStrategy.class)
    void theSameTraining_givesTheSameBytesAsInAProcessOfItsOwn(AdaptationStrategy strategy) throws IOException {
        EncoderTraining training = training(strategy, BUDGET);
        try (Encoder base = RUNTIME.open(TinyTransformer.in(directory, 1))) {
            TrainedAdapter separate = trainer(TrainingPlace.SEPARATE).train(base, training, TrainingFollower.PATIENT);
            TrainedAdapter own = trainer(TrainingPlace.OWN).train(base, training, new AtSecond(() -> {}));

            assertThat(own.adapter()).isEqualTo(separate.adapter());
            assertThat(own.losses()).isEqualTo(separate.losses()).hasSize(4);
            assertThat(own.information()).isEqualTo(separate.information());
            assertThat(own.cpuSeconds()).isPositive();
            assertThat(own.peakBytes()).isLessThan(BUDGET.memoryBytes());
        }
        assertNothingLeft();
    }

    @Test
    void anAdapter_goesOnToTheSameBytesAsInAProcessOfItsOwn() throws IOException {
        EncoderTraining training = training(AdaptationStrategy.LORA, BUDGET);
        try (Encoder base = RUNTIME.open(TinyTransformer.in(directory, 1))) {
            TrainedAdapter old = trainer(TrainingPlace.OWN).train(base, training, TrainingFollower.PATIENT);
            EncoderTraining going =
                    training.from(new Continuation(old.adapter(), old.information(), MergeKind.LINE_MERGE));
            byte[] separate = trainer(TrainingPlace.SEPARATE)
                    .train(base, going, TrainingFollower.PATIENT)
                    .adapter();

            assertThat(trainer(TrainingPlace.OWN)
                            .train(base, going, TrainingFollower.PATIENT)
                            .adapter())
                    .isEqualTo(separate)
                    .isNotEqualTo(old.adapter());
        }
    }

    @Test
    void anEncoderThatShips_isAdaptedToTheSameBytes_andWithTooLittleMemoryNotAtAll() throws IOException {
        EncoderTraining training = training(AdaptationStrategy.LORA, BUDGET);
        try (Encoder base = new BundledModels(MODELS)
                .open(RUNTIME, List.of("all-minilm-l6-v2"))
                .get(0)) {
            WorkerTrainer here = trainer(TrainingPlace.OWN);
            TrainingBudget little = new TrainingBudget(50, BUDGET.longest(), 20 * MEGABYTE, BUDGET.parameters());
            assertThatThrownBy(
                            () -> here.train(base, training(AdaptationStrategy.LORA, little), TrainingFollower.PATIENT))
                    .isInstanceOf(Refusal.Conflict.class)
                    .hasMessageContaining("20 MiB of memory");
            assertNothingLeft();

            TrainedAdapter own = here.train(base, training, TrainingFollower.PATIENT);

            assertThat(own.adapter())
                    .isEqualTo(trainer(TrainingPlace.SEPARATE)
                            .train(base, training, TrainingFollower.PATIENT)
                            .adapter());
            here.open(base, own.adapter()).close();
        }
    }

    @Test
    void anAdapterOfBiases_isMergedHereAsWell() throws IOException {
        try (Encoder base = RUNTIME.open(TinyTransformer.in(directory, 1))) {
            WorkerTrainer here = trainer(TrainingPlace.OWN);
            byte[] adapter = here.train(base, training(AdaptationStrategy.BITFIT, BUDGET), TrainingFollower.PATIENT)
                    .adapter();
            String digest;
            try (Encoder adapted = here.open(base, adapter)) {
                digest = adapted.info().digest();
            }
            try (Stream<Path> files = Files.list(directory.resolve("work").resolve("adapted"))) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            try (Encoder adapted = trainer(TrainingPlace.SEPARATE).open(base, adapter)) {
                assertThat(adapted.info().digest()).isEqualTo(digest);
            }
        }
        assertNothingLeft();
    }

    @Test
    void cancelling_endsIt_andNothingIsLeft() throws IOException {
        List<Integer> asked = new ArrayList<>();
        TrainingFollower leaving = new TrainingFollower() {
            @Override
            public boolean goesOn() {
                asked.add(0);
                return asked.size() < 4;
            }

            @Override
            public void stepped(int step, int of, double loss) {
                assertThat(loss).isFinite();
            }
        };
        try (Encoder base = RUNTIME.open(TinyTransformer.in(directory, 1))) {
            assertThatThrownBy(() -> trainer(TrainingPlace.OWN)
                            .train(base, training(AdaptationStrategy.LORA, endless()), leaving))
                    .isInstanceOf(CancellationException.class);
            assertThat(asked).hasSize(4);
            assertThat(base.encode(List.of(Passage.of(TEXTS.get(0))))).hasSize(1);
        }
        assertNothingLeft();
    }

    @Test
    void aFollowerThatFails_endsIt() throws IOException {
        try (Encoder base = RUNTIME.open(TinyTransformer.in(directory, 1))) {
            AtSecond failing = new AtSecond(() -> {
                throw new IllegalStateException("of the follower");
            });
            assertThatThrownBy(() -> trainer(TrainingPlace.OWN)
                            .train(base, training(AdaptationStrategy.LORA, endless()), failing))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("of the follower");
        }
        assertNothingLeft();
    }

    @Test
    void aThreadThatIsInterrupted_leaves() throws IOException {
        try (Encoder base = RUNTIME.open(TinyTransformer.in(directory, 1))) {
            AtSecond interrupting = new AtSecond(() -> Thread.currentThread().interrupt());
            assertThatThrownBy(() -> trainer(TrainingPlace.OWN)
                            .train(base, training(AdaptationStrategy.LORA, endless()), interrupting))
                    .isInstanceOf(Refusal.NotReady.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertNothingLeft();
    }

    @Test
    void timeThatIsOver_andAHeapThatIsTooSmall_areTold() throws IOException {
        assertRefused(new TrainingProcess.Bounds(MEGABYTE, 900 * MEGABYTE, Duration.ZERO), "took longer than 0");
        long heap = Runtime.getRuntime().maxMemory() + MEGABYTE;
        assertRefused(new TrainingProcess.Bounds(heap, heap, BUDGET.longest()), "larger -Xmx");
    }

    private void assertRefused(TrainingProcess.Bounds bounds, String words) throws IOException {
        try (OwnTraining own = OwnTraining.in(directory, bounds)) {
            ModelFolder folder = TinyTransformer.in(directory, 1);
            WorkOrder order =
                    new WorkOrder.Merge(new EncoderFile(folder.model(), folder.modelSha256(), folder.pooling()));
            assertThatThrownBy(() -> own.run(order, new AtSecond(() -> {})))
                    .isInstanceOf(Refusal.Conflict.class)
                    .hasMessageContaining(words);
        }
    }
}
