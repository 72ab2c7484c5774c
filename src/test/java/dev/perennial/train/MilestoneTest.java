// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.encode.TokenSequence;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.refusal.Refusal;
import dev.perennial.train.Milestone.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written down of a training is enough to end as it would have, and nothing else is taken for it. */
final class MilestoneTest {
    private static final long SEED = Long.getLong("perennial.seed", 41);
    private static final String KEY = "cd".repeat(32);
    private static final int STEPS = 60;
    private static final double WILD = 0.5;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Others in this process may want the engine, which must come first. */
    @BeforeAll
    static void loadRuntime() {
        OnnxRuntime.preload();
    }

    @TempDir
    private Path directory;

    private final AtomicLong clock = new AtomicLong();

    private static List<Objective.LabelledText> texts() {
        Random random = new Random(SEED);
        List<Objective.LabelledText> texts = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            long[] ids = random.longs(6, 6, TinyBert.VOCABULARY).toArray();
            ids[1] = 2 + i % 2;
            texts.add(new Objective.LabelledText(new TokenSequence(ids, new long[ids.length]), i % 2));
        }
        return texts;
    }

    private WorkOrder.Train order(Selection selection, Objective objective, double rate) throws IOException {
        Path model = new TinyBert(SEED).write(directory.resolve("bert.onnx"));
        return new WorkOrder.Train(
                new EncoderFile(model, "ab".repeat(32), Pooling.MEAN),
                selection,
                objective,
                new Objective.Contrast(texts(), 0.2, 8),
                new TrainingPlan(STEPS, rate, 0.1, 0.01f, 0.1f, 0.2f, 1, SEED),
                new WorkOrder.Bounds(100_000, Duration.ofMinutes(1)));
    }

    private static Objective views() {
        List<TokenSequence> unlabelled =
                texts().stream().map(Objective.LabelledText::text).toList();
        return new Objective.SelfContrast(unlabelled, 0.2, 8, 0.2);
    }

    private static Objective contrast() {
        return new Objective.Contrast(texts(), 0.2, 8);
    }

    /** How a training ended. */
    private record End(String adapter, List<Double> losses, int bestStep, boolean wasStopped) {}

    /** A process that trains, and is ended after some steps. */
    private final class Process implements WorkListener {
        private final Milestones checkpoints;
        private final AtomicBoolean asked = new AtomicBoolean();
        private final List<Double> losses = new ArrayList<>();
        private final int keepsAfter;

        private Process(int keepsAfter) {
            this.keepsAfter = keepsAfter;
            this.checkpoints = new Milestones(directory.resolve("checkpoint"), this, clock::get);
        }

        private Optional<End> run(WorkOrder.Train given) throws IOException {
            WorkOrder.Train order = checkpoints.begin(given, KEY);
            try (Training training = Training.open(
                    new TrainingOrder(order.encoder(), order.selection(), order.objective(), order.plan()),
                    directory)) {
                WatchedTraining watched = new WatchedTraining(training, order.watched(), () -> true, this);
                losses.addAll(checkpoints.goOn(new Running(training, watched, order)));
                watched.run();
                if (losses.size() == keepsAfter) {
                    return Optional.empty();
                }
                Path file = directory.resolve("adapter");
                training.adapter().write(file);
                return Optional.of(new End(FileHash.of(file), losses, watched.bestStep(), watched.wasStopped()));
            }
        }

        @Override
        public boolean goesOn() {
            return losses.size() != keepsAfter;
        }

        @Override
        public void stepped(int step, double loss) {
            losses.add(loss);
            checkpoints.stepped(loss);
            asked.set(step == keepsAfter);
        }

        @Override
        public void settled(int step) {
            assertThat(checkpoints.settled()).isEqualTo(step == keepsAfter);
        }

        @Override
        public boolean wantsCheckpoint() {
            return asked.getAndSet(false);
        }

        @Override
        public WorkOutcome.Cost cost() {
            return new WorkOutcome.Cost(3, 200);
        }

        @Override
        public void resumed(List<Double> before, int of) {
            throw new AssertionError("told by the work alone");
        }

        @Override
        public void kept() {
            throw new AssertionError("told by the work alone");
        }
    }

    static Stream<Selection> selections() {
        return Stream.of(
                new Selection.LowRank(Selection.Places.ALL_PRODUCTS, 2, 4, true, 2),
                new Selection.BiasesAndNorms(),
                new Selection.TopShare(0.05, 3),
                new Selection.LastLayers(1));
    }

    /** Cut off before the first look, at a look, between two and again, with numbers put back by chance (mixout). */
    @ParameterizedTest
    @MethodSource("selections")
    void aTrainingThatWasCutOff_endsAsOneThatWasNot(Selection selection) throws IOException {
        for (Objective objective : List.of(contrast(), new Objective.Classification(texts(), 8), views())) {
            WorkOrder.Train order = order(selection, objective, 5e-3);
            Files.deleteIfExists(directory.resolve("checkpoint"));
            End whole = new Process(-1).run(order).orElseThrow();
            assertThat(whole.losses()).hasSizeGreaterThan(17);
            for (int after : List.of(3, 7, 16)) {
                assertThat(new Process(after).run(order)).isEmpty();
                // A process that goes on may have been given other bounds.
                assertThat(new Process(-1).run(order.with(999, Duration.ofSeconds(5))))
                        .as("seed %d, cut off after %s, selection %s", SEED, after, selection)
                        .contains(whole);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 14, 21, 22})
    void aTrainingThatEndsEarly_doesSo_andIsAsItWasAtItsBest(int after) throws IOException {
        WorkOrder.Train order = order(new Selection.LastLayers(1), contrast(), WILD);
        End whole = new Process(-1).run(order).orElseThrow();
        assertThat(whole.wasStopped()).as("seed %d", SEED).isTrue();
        assertThat(whole.bestStep()).isLessThan(whole.losses().size());
        int cut = Math.min(after, whole.losses().size() - 1);

        assertThat(new Process(cut).run(order)).isEmpty();

        assertThat(new Process(-1).run(order)).as("seed %d", SEED).contains(whole);
    }

    @Test
    void time_isThatOfAllProcesses() throws IOException {
        WorkOrder.Train order = order(new Selection.BiasesAndNorms(), contrast(), 1e-3);
        Process first = new Process(2);
        clock.addAndGet(4 * SECOND);
        assertThat(first.run(order)).isEmpty();
        clock.addAndGet(1000 * SECOND);

        Milestone found = Milestone.find(directory.resolve("checkpoint"), KEY).orElseThrow();

        assertThat(found.spent().time()).isEqualTo(Duration.ofSeconds(4));
        assertThat(found.spent().cpuSeconds()).isEqualTo(3);
        assertThat(found.spent().peakBytes()).isEqualTo(200);
        assertThat(found.goingOn(order.with(7, Duration.ofMinutes(1))).bounds().longest())
                .isEqualTo(Duration.ofMinutes(1));
        WorkOrder.Train late = found.goingOn(order.with(7, Duration.ofSeconds(10)));
        assertThat(late.bounds().longest()).isEqualTo(Duration.ofSeconds(14));
        assertThat(late.plan().steps()).isEqualTo(STEPS);
    }

    private Path checkpoint() throws IOException {
        assertThat(new Process(8).run(order(new Selection.BiasesAndNorms(), contrast(), 1e-3)))
                .isEmpty();
        Path file = directory.resolve("checkpoint");
        assertThat(Milestone.find(file, KEY)).isPresent();
        return file;
    }

    @Test
    void aDamagedCheckpoint_isNone_norIsOneOfAnotherTraining() throws IOException {
        Path file = checkpoint();
        byte[] whole = Files.readAllBytes(file);
        assertThat(Milestone.find(file, "ef".repeat(32))).isEmpty();
        assertThat(Milestone.find(directory.resolve("nothing"), KEY)).isEmpty();
        Random random = new Random(SEED);
        for (int i = 0; i < 200; i++) {
            byte[] damaged = i % 2 == 0 ? whole.clone() : Arrays.copyOf(whole, random.nextInt(whole.length));
            if (damaged.length == whole.length) {
                damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, damaged);
            assertThat(Milestone.find(file, KEY)).as("seed %d, %d", SEED, i).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "kind, checkpoint 9",
        "planned, 5",
        "planned, -1",
        "planned, many",
        "planned, ''",
        "time, -1",
        "time, 9223372036854775807",
        "longest, 9223372036854775807",
        "cpu, NaN",
        "peak, -4",
        "best, 9",
        "best, 0",
        "loss, NaN",
        "since, -1",
        "losses.0, 1 2 NaN 4 5 6",
        "losses.1, 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37"
                + " 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61",
    })
    void aCheckpoint_thatNoTrainingHasWritten_isNone(String entry, String value) throws IOException {
        Path file = checkpoint();
        TensorFile content = TensorFile.read(file, Milestone.MOST_BYTES);
        TreeMap<String, String> header = new TreeMap<>(content.header());
        header.put(entry, value);
        new TensorFile(header, content.tensors()).write(file);

        assertThat(Milestone.find(file, KEY)).isEmpty();
    }

    @Test
    void aCheckpoint_withoutSomeTensor_isRefused() throws IOException {
        Path file = checkpoint();
        TensorFile content = TensorFile.read(file, Milestone.MOST_BYTES);
        for (int left = 0; left < content.tensors().size(); left += 3) {
            List<StoredTensor> some = new ArrayList<>(content.tensors());
            some.remove(left);
            new TensorFile(content.header(), some).write(file);
            assertThatThrownBy(() -> new Process(-1).run(order(new Selection.BiasesAndNorms(), contrast(), 1e-3)))
                    .isInstanceOf(Refusal.Invalid.class)
                    .hasMessageContaining("another training");
        }
    }

    @Test
    void aCheckpoint_holdsNoToken() throws IOException {
        TensorFile content = TensorFile.read(checkpoint(), Milestone.MOST_BYTES);

        assertThat(content.tensors())
                .allSatisfy(tensor -> assertThat(tensor.name()).matches(".*(weight|bias)(#m|#v|#best)?"));
        assertThat(content.header().keySet())
                .containsExactlyInAnyOrder(
                        "best",
                        "cpu",
                        "key",
                        "kind",
                        "longest",
                        "loss",
                        "losses.0",
                        "peak",
                        "planned",
                        "since",
                        "time");
    }
}
