// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import dev.perennial.adapt.MergeKind;
import dev.perennial.adapt.RetainedShares;
import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import dev.perennial.encode.TokenSequence;
import dev.perennial.learn.AdaptationObjective;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.Continuation;
import dev.perennial.learn.EncoderTraining;
import dev.perennial.learn.LabelledPassage;
import dev.perennial.learn.TrainedAdapter;
import dev.perennial.learn.TrainingBudget;
import dev.perennial.learn.TrainingJob;
import dev.perennial.math.FloatMatrix;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.ChildProcess;
import dev.perennial.onnx.EncoderTokenizer;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import dev.perennial.train.Device;
import dev.perennial.train.EncoderFile;
import dev.perennial.train.FileHash;
import dev.perennial.train.Objective;
import dev.perennial.train.Selection;
import dev.perennial.train.StepListener;
import dev.perennial.train.Training;
import dev.perennial.train.TrainingOrder;
import dev.perennial.train.TrainingPlan;
import dev.perennial.train.TrainingWorker;
import dev.perennial.train.WorkFiles;
import dev.perennial.train.WorkOrder;
import dev.perennial.train.WorkOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The process that trains, as it is started by a service, over an encoder of a few kilobytes and one that ships. */
final class WorkerTrainerIT {
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
    private static final List<String> REVIEWS = List.of(
            "A warm and funny evening at the theatre.",
            "The lead cannot act and the script does not help.",
            "I would see it again tomorrow.",
            "Two hours that I want back.",
            "Every scene is a delight.",
            "Flat, loud and badly cut.");
    private static final long MEGABYTE = 1L << 20;
    private static final TrainingBudget BUDGET =
            new TrainingBudget(4, Duration.ofMinutes(5), 900 * MEGABYTE, 5_000_000);

    @TempDir
    private Path directory;

    private Path work;
    private WorkerTrainer trainer;

    @BeforeEach
    void makeTrainer() {
        work = directory.resolve("work");
        trainer = trainer();
    }

    private WorkerTrainer trainer() {
        return new WorkerTrainer(
                RUNTIME,
                new WorkerTrainer.Places(work, directory.resolve("members"), 1000 * MEGABYTE),
                InstantSource.system());
    }

    private ModelFolder tiny(long seed) throws IOException {
        return TinyTransformer.in(directory, seed);
    }

    private static List<LabelledPassage> examples(List<String> texts) {
        List<LabelledPassage> examples = new ArrayList<>();
        texts.forEach(text -> examples.add(new LabelledPassage(Passage.of(text), examples.size() % 2)));
        return examples;
    }

    private static EncoderTraining lora(TrainingBudget budget, long seed) {
        return new EncoderTraining(
                AdaptationStrategy.LORA, AdaptationObjective.CONTRAST, examples(TEXTS), budget, seed);
    }

    private static EncoderTraining lora() {
        return lora(BUDGET, 1);
    }

    private static TrainingBudget steps(int steps) {
        return new TrainingBudget(steps, BUDGET.longest(), BUDGET.memoryBytes(), BUDGET.parameters());
    }

    private static TrainingBudget memory(long bytes) {
        return new TrainingBudget(50, BUDGET.longest(), bytes, BUDGET.parameters());
    }

    /** Notes steps, and does something at the second. */
    private static class Noting implements TrainingRun.Listener {
        private final List<Integer> steps = new ArrayList<>();
        private final List<Double> losses = new ArrayList<>();
        private final Consumer<ProcessHandle> atSecond;
        private final int most;
        private int resumed;

        private Noting(int most, Consumer<ProcessHandle> atSecond) {
            this.most = most;
            this.atSecond = atSecond;
        }

        private Noting() {
            this(Integer.MAX_VALUE, process -> {});
        }

        @Override
        public boolean goesOn() {
            return steps.size() < most;
        }

        @Override
        public void resumed(int made, int of) {
            assertThat(of).isGreaterThanOrEqualTo(made);
            resumed = made;
        }

        @Override
        public void stepped(int step, int of, double loss) {
            assertThat(of).isGreaterThanOrEqualTo(step);
            steps.add(step);
            losses.add(loss);
            if (step == 2) {
                assertThat(workers()).hasSize(1);
                atSecond.accept(workers().get(0));
            }
        }
    }

    private static List<ProcessHandle> workers() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info()
                        .arguments()
                        .map(arguments -> List.of(arguments).contains(TrainingWorker.class.getName()))
                        .orElse(false))
                .toList();
    }

    private void assertNothingLeft() throws IOException {
        assertThat(workers()).isEmpty();
        try (Stream<Path> left = Files.list(work)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactly("adapted");
        }
    }

    @ParameterizedTest
    @EnumSource(AdaptationObjective.class)
    void everyObjective_ofPairs_isTrained(AdaptationObjective objective) throws IOException {
        List<LabelledPassage> pairs = new ArrayList<>();
        for (String text : TEXTS) {
            Passage joined = Passage.joined(text, TEXTS.get(0));
            List<Passage> readings = List.of(Passage.of(text), Passage.of(TEXTS.get(0)), joined);
            pairs.add(new LabelledPassage(readings, pairs.size() % 2, pairs.size() / 10.0));
        }
        EncoderTraining training = new EncoderTraining(AdaptationStrategy.LORA, objective, pairs, BUDGET, 1);
        try (Encoder base = RUNTIME.open(tiny(1))) {
            Noting noting = new Noting();
            TrainedAdapter trained = trainer.train(base, training, noting);

            assertThat(noting.steps).containsExactly(1, 2, 3, 4);
            assertThat(trained.steps()).isEqualTo(4);
            try (Encoder adapted = trainer.open(base, trained.adapter())) {
                Passage passage = pairs.get(1).passage();
                assertThat(adapted.encode(List.of(passage)).get(0).vector())
                        .isNotEqualTo(base.encode(List.of(passage)).get(0).vector());
                assertThat(adapted.info().bytes()).isPositive();
            }
        }
        assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(AdaptationStrategy.class)
    void everyStrategy_tellsItsSteps_andServesWhatWasTrained(AdaptationStrategy strategy) throws IOException {
        EncoderTraining training =
                new EncoderTraining(strategy, AdaptationObjective.CONTRAST, examples(TEXTS), BUDGET, 1);
        ModelFolder folder = tiny(1);
        try (Encoder base = RUNTIME.open(folder)) {
            Noting noting = new Noting();
            TrainedAdapter trained = trainer.train(base, training, noting);

            assertThat(noting.steps).containsExactly(1, 2, 3, 4);
            assertThat(trained.losses()).isEqualTo(noting.losses);
            assertThat(trained.steps()).isEqualTo(4);
            assertThat(trained.wasStopped()).isFalse();
            assertThat(trained.cpuSeconds()).isPositive();
            assertThat(trained.peakBytes()).isBetween(MEGABYTE, BUDGET.memoryBytes());
            assertServed(base, folder, training, trained);
        }
        assertNothingLeft();
    }

    /** What is served is what the same training gives in this process. */
    private void assertServed(Encoder base, ModelFolder folder, EncoderTraining training, TrainedAdapter trained)
            throws IOException {
        List<Passage> passages =
                training.examples().stream().map(LabelledPassage::passage).toList();
        FloatMatrix expected = trainedHere(folder, base.info(), training);
        List<Embedding> before = base.encode(passages);
        try (Encoder adapted = trainer.open(base, trained.adapter())) {
            double worst = 0;
            double moved = 0;
            List<Embedding> after = adapted.encode(passages);
            for (int row = 0; row < passages.size(); row++) {
                float[] vector = after.get(row).vector();
                for (int k = 0; k < vector.length; k++) {
                    worst = Math.max(worst, Math.abs(vector[k] - expected.at(row, k)));
                    moved = Math.max(moved, Math.abs(vector[k] - before.get(row).vector()[k]));
                }
            }
            assertThat(worst).isLessThanOrEqualTo(1e-5);
            assertThat(moved).isGreaterThan(1e-4);
            assertThat(adapted.info().id()).isEqualTo(base.info().id());
            assertThat(adapted.info().digest()).isNotEqualTo(base.info().digest());
            assertThat(adapted.info().maxTokens()).isEqualTo(base.info().maxTokens());
        }
    }

    private static WorkOrder.Train order(ModelFolder folder, EncoderInfo info, EncoderTraining training) {
        EncoderFile file = new EncoderFile(folder.model().toAbsolutePath(), folder.modelSha256(), folder.pooling());
        List<Objective.LabelledText> texts = new ArrayList<>();
        try (EncoderTokenizer tokenizer = EncoderTokenizer.open(folder, TrainingChoices.WINDOW)) {
            training.examples()
                    .forEach(each ->
                            texts.add(new Objective.LabelledText(tokenizer.tokens(each.passage()), each.label())));
        }
        return TrainingChoices.order(file, info, training, new TrainingChoices.Tokens(texts, List.of()));
    }

    private FloatMatrix trainedHere(ModelFolder folder, EncoderInfo info, EncoderTraining training) throws IOException {
        WorkOrder.Train order = order(folder, info, training);
        try (Training here = Training.open(
                new TrainingOrder(order.encoder(), order.selection(), order.objective(), order.plan()), directory)) {
            here.run(new StepListener() {
                @Override
                public boolean goesOn() {
                    return true;
                }

                @Override
                public void stepped(int step, double loss) {
                    assertThat(loss).isFinite();
                }
            });
            return here.embeddings(order.objective().read().toList());
        }
    }

    @ParameterizedTest
    @EnumSource(MergeKind.class)
    void anAdapter_goesOn_andIsMergedWithWhatItWas(MergeKind merge) throws IOException {
        try (Encoder base = RUNTIME.open(tiny(1))) {
            TrainedAdapter old = trainer.train(base, lora(), new Noting());
            assertThat(old.information()).isNotEmpty();
            assertThat(old.retained()).isEqualTo(RetainedShares.NONE);
            EncoderTraining going = lora(steps(12), 2).from(new Continuation(old.adapter(), old.information(), merge));

            TrainedAdapter merged = trainer.train(base, going, new Noting());

            assertThat(merged.adapter()).isNotEqualTo(old.adapter());
            assertThat(merged.information()).hasSameSizeAs(old.information()).isNotEqualTo(old.information());
            assertThat(merged.retained().tensors()).hasSize(merge == MergeKind.NONE ? 0 : 8);
            trainer.open(base, merged.adapter()).close();
            EncoderTraining otherwise = new EncoderTraining(
                            AdaptationStrategy.BITFIT, AdaptationObjective.CONTRAST, examples(TEXTS), BUDGET, 1)
                    .from(going.continuation().orElseThrow());
            assertThatThrownBy(() -> trainer.train(base, otherwise, new Noting()))
                    .isInstanceOf(Refusal.Invalid.class)
                    .hasMessageContaining("another way");
        }
        assertNothingLeft();
    }

    private static final TrainingJob JOB = new TrainingJob("job_1", Set.of(new TaskId("task")), Set.of("aa"));

    /** So many that the process is told to stop long before it ends. */
    private static EncoderTraining longer(AdaptationStrategy strategy) {
        return new EncoderTraining(strategy, AdaptationObjective.CONTRAST, examples(TEXTS), steps(1500), 1);
    }

    /** As the work of a job whose service stops. */
    private void cutOff(Encoder base, EncoderTraining training) {
        Noting noting = new Noting(Integer.MAX_VALUE, process -> {
            throw new IllegalStateException("the service stops");
        });
        assertThatThrownBy(() -> trainer.train(base, training.keptFor(JOB), noting))
                .hasMessage("the service stops");
        assertThat(kept()).hasSize(2).anyMatch(name -> name.endsWith(".checkpoint"));
    }

    private List<String> kept() {
        Path folder = work.resolve("unfinished").resolve(JOB.id());
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException gone) {
            return List.of();
        }
    }

    private void assertSame(TrainedAdapter trained, TrainedAdapter whole) {
        assertThat(trained.adapter()).isEqualTo(whole.adapter());
        assertThat(trained.losses()).isEqualTo(whole.losses());
        assertThat(trained.steps()).isEqualTo(whole.steps());
        assertThat(trained.wasStopped()).isEqualTo(whole.wasStopped());
        assertThat(trained.information()).isEqualTo(whole.information());
    }

    @ParameterizedTest
    @EnumSource(
            value = AdaptationStrategy.class,
            names = {"LORA", "FISHER"})
    void aTrainingThatWasCutOff_goesOn_toTheSameBytes_andIsNotMadeTwice(AdaptationStrategy strategy)
            throws IOException {
        try (Encoder base = RUNTIME.open(tiny(1))) {
            TrainedAdapter whole = trainer.train(base, longer(strategy), new Noting());
            cutOff(base, longer(strategy));
            Noting rest = new Noting();

            TrainedAdapter resumed = trainer().train(base, longer(strategy).keptFor(JOB), rest);

            assertSame(resumed, whole);
            assertThat(rest.resumed).isGreaterThanOrEqualTo(2).isEqualTo(resumed.stepsBefore());
            assertThat(rest.steps)
                    .startsWith(rest.resumed + 1)
                    .hasSize(whole.losses().size() - rest.resumed);
            Noting none = new Noting();
            TrainedAdapter again = trainer().train(base, longer(strategy).keptFor(JOB), none);
            assertSame(again, whole);
            assertThat(none.steps).isEmpty();
            assertThat(none.resumed).isEqualTo(whole.losses().size()).isEqualTo(again.stepsBefore());
            trainer.end(JOB.id());
            assertThat(kept()).isEmpty();
        }
    }

    @Test
    void aCheckpointThatIsDamaged_orFromWhichNothingGoesOn_isPassedOver() throws IOException {
        EncoderTraining training = longer(AdaptationStrategy.BITFIT);
        try (Encoder base = RUNTIME.open(tiny(1))) {
            TrainedAdapter whole = trainer.train(base, training, new Noting());
            cutOff(base, training);
            TrainedAdapter anew = trainer.train(base, training.keptFor(JOB), new Noting() {
                @Override
                public void resumed(int made, int of) {
                    workers().forEach(ProcessHandle::destroyForcibly);
                }
            });
            assertSame(anew, whole);
            assertThat(anew.stepsBefore()).isZero();
            trainer.end(JOB.id());
            cutOff(base, training);
            for (String name : kept()) {
                if (name.endsWith(".checkpoint")) {
                    Path file = work.resolve("unfinished").resolve(JOB.id()).resolve(name);
                    byte[] damaged = Files.readAllBytes(file);
                    damaged[damaged.length / 2] ^= 1;
                    Files.write(file, damaged);
                }
            }
            Noting noting = new Noting();
            assertSame(trainer.train(base, training.keptFor(JOB), noting), whole);
            assertThat(noting.resumed).isZero();
        }
    }

    @Test
    void textsWithoutLabels_areLearntFromBesides_byAProcessThatIsToldNoText() throws IOException {
        EncoderTraining alone = new EncoderTraining(
                AdaptationStrategy.LORA, AdaptationObjective.SELF_CONTRAST, examples(TEXTS), BUDGET, 1);
        EncoderTraining more =
                alone.with(List.of(Passage.of("the fox is under the ocean"), Passage.of("is the door open ?")));
        try (Encoder base = RUNTIME.open(tiny(1))) {
            byte[] without = trainer.train(base, alone, new Noting()).adapter();
            TrainedAdapter with = trainer.train(base, more, new Noting(Integer.MAX_VALUE, process -> assertPrivate()));

            assertThat(with.adapter()).isNotEqualTo(without);
            assertThat(with.information()).isEmpty();
            assertThat(trainer.train(base, more, new Noting()).adapter()).isEqualTo(with.adapter());
            trainer.open(base, with.adapter()).close();
        }
        assertNothingLeft();
    }

    @Test
    void theSameSeed_givesTheSameBytes_andAnotherGivesOthers() throws IOException {
        try (Encoder base = RUNTIME.open(tiny(1))) {
            byte[] once = trainer.train(base, lora(), new Noting()).adapter();
            byte[] again = trainer.train(base, lora(), new Noting()).adapter();
            byte[] other = trainer.train(base, lora(BUDGET, 2), new Noting()).adapter();

            assertThat(again).isEqualTo(once);
            assertThat(other).isNotEqualTo(once);
        }
    }

    @Test
    void cancelling_endsTheProcess() throws IOException {
        try (Encoder base = RUNTIME.open(tiny(1))) {
            Noting noting = new Noting(2, process -> {});
            assertThatThrownBy(() -> trainer.train(base, lora(steps(1_000_000), 1), noting))
                    .isInstanceOf(CancellationException.class);
        }
        assertNothingLeft();
    }

    @Test
    void aFollowerThatFails_endsTheProcess() throws IOException {
        try (Encoder base = RUNTIME.open(tiny(1))) {
            Noting noting = new Noting(9, process -> {
                throw new IllegalStateException("of the follower");
            });
            assertThatThrownBy(() -> trainer.train(base, lora(steps(1_000_000), 1), noting))
                    .hasMessage("of the follower");
        }
        assertNothingLeft();
    }

    @Test
    void aProcessThatIsKilled_isReported_andNothingElseHappens() throws IOException {
        try (Encoder base = RUNTIME.open(tiny(1))) {
            Noting noting = new Noting(Integer.MAX_VALUE, ProcessHandle::destroyForcibly);
            assertThatThrownBy(() -> trainer.train(base, lora(steps(1_000_000), 1), noting))
                    .isInstanceOf(Refusal.Conflict.class)
                    .hasMessageContaining("signal 9");
            assertThat(base.encode(List.of(Passage.of(TEXTS.get(0))))).hasSize(1);
        }
        assertNothingLeft();
    }

    @Test
    void aProcessThatTakesTooMuchMemory_isEnded_andReported() throws IOException {
        try (Encoder base = RUNTIME.open(tiny(1))) {
            assertThatThrownBy(() -> trainer.train(base, lora(memory(40 * MEGABYTE), 1), new Noting()))
                    .isInstanceOf(Refusal.Conflict.class)
                    .hasMessageContaining("40 MiB of memory");
        }
        assertNothingLeft();
    }

    @Test
    void aTrainingWhoseTimeIsOver_givesWhatWasReached() throws IOException {
        TrainingBudget seconds =
                new TrainingBudget(100_000_000, Duration.ofSeconds(30), BUDGET.memoryBytes(), BUDGET.parameters());
        try (Encoder base = RUNTIME.open(tiny(1))) {
            Noting noting = new Noting();
            TrainedAdapter trained = trainer.train(base, lora(seconds, 1), noting);

            assertThat(trained.wasStopped()).isTrue();
            assertThat(trained.steps()).isPositive().isEqualTo(noting.steps.size());
            trainer.open(base, trained.adapter()).close();
        }
        assertNothingLeft();
    }

    @Test
    void aTrainingWithoutTime_isRefused() throws IOException {
        TrainingBudget none = new TrainingBudget(4, Duration.ofMillis(1), BUDGET.memoryBytes(), BUDGET.parameters());
        try (Encoder base = RUNTIME.open(tiny(1))) {
            assertThatThrownBy(() -> trainer.train(base, lora(none, 1), new Noting()))
                    .isInstanceOf(Refusal.Invalid.class)
                    .hasMessageContaining("before the first step");
        }
        assertNothingLeft();
    }

    @Test
    void moreParametersThanAllowed_areRefused() throws IOException {
        TrainingBudget few = new TrainingBudget(4, BUDGET.longest(), BUDGET.memoryBytes(), 10);
        try (Encoder base = RUNTIME.open(tiny(1))) {
            assertThatThrownBy(() -> trainer.train(base, lora(few, 1), new Noting()))
                    .isInstanceOf(Refusal.Invalid.class)
                    .hasMessageContaining("more than the 10 that are allowed");
        }
        assertNothingLeft();
    }

    @Test
    void examplesOfOneLabel_areRefused() throws IOException {
        List<LabelledPassage> one = TEXTS.stream()
                .map(text -> new LabelledPassage(Passage.of(text), 3))
                .toList();
        EncoderTraining training =
                new EncoderTraining(AdaptationStrategy.LORA, AdaptationObjective.CONTRAST, one, BUDGET, 1);
        try (Encoder base = RUNTIME.open(tiny(1))) {
            assertThatThrownBy(() -> trainer.train(base, training, new Noting()))
                    .isInstanceOf(Refusal.Invalid.class)
                    .hasMessageContaining("two labels");
        }
    }

    @Test
    void theProcess_hasNoTexts_noSecrets_andTheLastPlace() throws IOException {
        String variables = "/proc/%d/environ";
        try (Encoder base = RUNTIME.open(tiny(1))) {
            Noting noting = new Noting(Integer.MAX_VALUE, process -> {
                String[] environment = read(variables.formatted(process.pid())).split("\0");
                assertThat(Arrays.stream(environment).map(each -> each.split("=", 2)[0]))
                        .isSubsetOf(
                                "HOME",
                                "PATH",
                                "LANG",
                                "LD_LIBRARY_PATH",
                                "DJL_CACHE_DIR",
                                "CLASSPATH",
                                "ORT_DISABLE_TELEMETRY");
                assertThat(environment).contains("ORT_DISABLE_TELEMETRY=1");
                assertThat(read("/proc/" + process.pid() + "/cmdline")).doesNotContain("volcanoes");
                assertThat(read("/proc/" + process.pid() + "/oom_score_adj").trim())
                        .isEqualTo("1000");
                String state = read("/proc/" + process.pid() + "/stat");
                assertThat(state.substring(state.indexOf(") ")).split(" ")[17]).isEqualTo("19");
                assertPrivate();
            });
            trainer.train(base, lora(), noting);
        }
    }

    /** Only the owner looks into the directory, and it holds no text. */
    private void assertPrivate() {
        try (Stream<Path> all = Files.walk(work)) {
            List<Path> paths = all.toList();
            Path one = paths.stream()
                    .filter(path -> path.getFileName().toString().startsWith(TrainingProcess.PREFIX))
                    .findFirst()
                    .orElseThrow();
            assertThat(Files.getPosixFilePermissions(one)).hasSize(3);
            assertThat(read(one.resolve("order").toString())).doesNotContain("volcanoes");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String read(String file) {
        try {
            return new String(Files.readAllBytes(Path.of(file)), java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theProcess_endsWithItsParent() throws Exception {
        ModelFolder folder = tiny(1);
        Path own = Files.createDirectory(directory.resolve("orphan"));
        new WorkFiles(own)
                .ask(new WorkOrder.Merge(new EncoderFile(folder.model(), folder.modelSha256(), folder.pooling())));
        Path fifo = own.resolve("adapter");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        Process process = ChildProcess.start(child(own, Device.CPU).builder());
        try {
            // It waits for an adapter that never comes, and would forever.
            process.getOutputStream().close();
            assertThat(process.waitFor()).isEqualTo(4);
        } finally {
            ChildProcess.end(process);
        }
    }

    private static ChildProcess child(Path own, Device device) {
        return new ChildProcess(TrainingWorker.class.getName(), own, List.of(device.name()), 64, false);
    }

    @Test
    void aDeviceThatIsNotThere_isTold() throws Exception {
        assumeFalse(OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA), "built for CUDA");
        ModelFolder folder = tiny(1);
        EncoderFile encoder = new EncoderFile(folder.model(), folder.modelSha256(), folder.pooling());
        WorkFiles files = new WorkFiles(Files.createDirectory(directory.resolve("without")));
        TokenSequence text = new TokenSequence(new long[] {1, 2}, new long[] {0, 0});
        Objective objective = new Objective.Contrast(
                List.of(new Objective.LabelledText(text, 0), new Objective.LabelledText(text, 1)), 0.1, 2);
        files.ask(new WorkOrder.Train(
                encoder,
                Selection.LowRank.defaults(),
                objective,
                objective,
                TrainingPlan.defaults(1).withSteps(1),
                new WorkOrder.Bounds(1_000_000, Duration.ofMinutes(1))));

        assertThat(ChildProcess.start(child(files.directory(), Device.CUDA).builder())
                        .waitFor())
                .isZero();

        assertThat(files.outcome())
                .get()
                .isInstanceOfSatisfying(
                        WorkOutcome.Refused.class,
                        refused -> assertThat(refused.reason()).contains("CUDA"));
    }

    @Test
    void whatAKilledServiceLeft_isRemovedAtTheNextStart() throws IOException {
        Path left = Files.createDirectories(
                work.resolve(TrainingProcess.PREFIX + "left").resolve("tmp"));
        Files.writeString(left.resolve("file"), "left");
        trainer = trainer();
        assertNothingLeft();
    }

    @Test
    void anAdaptedModel_isMadeAgain_whenItIsGoneOrDamaged() throws IOException {
        try (Encoder base = RUNTIME.open(tiny(1))) {
            byte[] adapter = trainer.train(base, lora(), new Noting()).adapter();
            String digest = digest(base, adapter);
            Path model = model();
            Files.delete(model);
            assertThat(digest(base, adapter)).isEqualTo(digest);
            byte[] bytes = Files.readAllBytes(model);
            bytes[bytes.length / 2]++;
            Files.write(model, bytes);
            assertThat(digest(base, adapter)).isEqualTo(digest);
            assertThat(FileHash.of(model)).isEqualTo(sha256(model));
        }
        assertNothingLeft();
    }

    private String digest(Encoder base, byte[] adapter) {
        try (Encoder adapted = trainer.open(base, adapter)) {
            return adapted.info().digest();
        }
    }

    private Path model() throws IOException {
        try (Stream<Path> files = Files.list(work.resolve("adapted"))) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    private static String sha256(Path model) {
        return model.getFileName().toString().replaceAll("^.*-|[.]onnx", "");
    }

    @Test
    void anAdapter_thatIsDamagedOrOfAnotherEncoder_isRefused() throws IOException {
        try (Encoder base = RUNTIME.open(tiny(1));
                Encoder other = RUNTIME.open(tiny(2))) {
            byte[] adapter = trainer.train(base, lora(), new Noting()).adapter();
            assertThatThrownBy(() -> trainer.open(other, adapter))
                    .isInstanceOf(Refusal.Invalid.class)
                    .hasMessageContaining("another encoder");
            adapter[adapter.length / 2]++;
            assertThatThrownBy(() -> trainer.open(base, adapter)).isInstanceOf(Refusal.Invalid.class);
        }
        assertNothingLeft();
    }

    @Test
    void aMemberThatMovedHome_isFoundThere() throws IOException {
        ModelFolder folder = tiny(1);
        try (Encoder base = RUNTIME.open(folder)) {
            Path home = Files.createDirectories(directory.resolve("members"));
            Files.move(folder.model().getParent(), home.resolve("tiny"));
            assertThat(trainer.canAdapt(base)).isTrue();
            assertThat(trainer.train(base, lora(), new Noting()).steps()).isEqualTo(4);
        }
    }

    @Test
    void anEncoderThatShips_isAdapted_andOneThatIsATableIsNot() throws IOException {
        BundledModels bundled = new BundledModels(MODELS);
        EncoderTraining training = new EncoderTraining(
                AdaptationStrategy.LORA, AdaptationObjective.CONTRAST, examples(REVIEWS), BUDGET, 1);
        List<Encoder> open = bundled.open(RUNTIME, List.of("all-minilm-l6-v2", "static"));
        try (Encoder base = open.get(0);
                Encoder table = open.get(1)) {
            assertThat(trainer.canAdapt(base)).isTrue();
            assertThat(trainer.canAdapt(table)).isFalse();
            TrainedAdapter trained = trainer.train(base, training, new Noting());
            assertThat(trained.parameters()).isLessThan(base.info().parameters() / 100);
            assertServed(base, bundled.folders().get(0), training, trained);
            assertShared(base, trained.adapter());

            assertHeapTooSmall(bundled.folders().get(0), base.info());
        }
        assertNothingLeft();
    }

    /** Corrections of low rank are served by the base's session, and no file is made of them. */
    private void assertShared(Encoder base, byte[] adapter) throws IOException {
        try (Encoder once = trainer.open(base, adapter);
                Encoder again = trainer.open(base, adapter)) {
            assertThat(once.host()).isSameAs(base);
            assertThat(again.info()).isEqualTo(once.info());
        }
        try (Stream<Path> files = Files.list(work.resolve("adapted"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void anAdapterOfBiases_isServedByAFile() throws IOException {
        BundledModels bundled = new BundledModels(MODELS);
        EncoderTraining biases = new EncoderTraining(
                AdaptationStrategy.BITFIT, AdaptationObjective.CONTRAST, examples(REVIEWS), BUDGET, 1);
        try (Encoder base = bundled.open(RUNTIME, List.of("all-minilm-l6-v2")).get(0)) {
            TrainedAdapter trained = trainer.train(base, biases, new Noting());
            try (Encoder adapted = trainer.open(base, trained.adapter())) {
                assertThat(adapted.host()).isSameAs(adapted);
            }
            model();
        }
    }

    /** Not even the classes have room to work. */
    private void assertHeapTooSmall(ModelFolder folder, EncoderInfo info) throws IOException {
        EncoderTraining training = new EncoderTraining(
                AdaptationStrategy.LORA, AdaptationObjective.CONTRAST, examples(REVIEWS), BUDGET, 1);
        WorkOrder.Train order = order(folder, info, training);
        TrainingProcess.Bounds bounds =
                new TrainingProcess.Bounds(8 * MEGABYTE, BUDGET.memoryBytes(), BUDGET.longest());
        try (TrainingProcess process = TrainingProcess.in(work, Device.CPU, bounds)) {
            assertThatThrownBy(() -> process.run(order, new Noting()))
                    .isInstanceOf(Refusal.Conflict.class)
                    .hasMessageContaining("heap of 8 MB");
        }
    }
}
