// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Encoder;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictor;
import dev.perennial.evaluate.Significance;
import dev.perennial.learn.Adaptation;
import dev.perennial.learn.Admittance;
import dev.perennial.learn.FitSettings;
import dev.perennial.learn.Prospect;
import dev.perennial.learn.School;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Input;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.train.EncoderFile;
import dev.perennial.train.Objective;
import dev.perennial.train.StepListener;
import dev.perennial.train.Training;
import dev.perennial.train.TrainingOrder;
import dev.perennial.train.WatchedTraining;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What adapting an encoder to a task is worth: accuracy of the heads that the service fits by itself, over the encoder
 * as it ships and over the adapted one, with the same examples. Arguments: the data folder, a folder for unpacked
 * models and for answers that were had before, the id of an encoder, a set, examples a label (0: all), draws, epochs. A
 * fourth of the examples is held out of adapting, as by the service's job. {@code -Dperennial.minutes} bounds processor
 * time, {@code -Dperennial.tune=true} asks a fifth of the training examples instead of the test's;
 * {@link AdaptationChoices} says what else can be set.
 */
@SuppressWarnings("SystemOut")
public final class AdaptationBenchmark {
    private static final int FOLDS = 4;
    private static final int FEW = 1000;
    private static final int WATCHED = 256;
    private static final int STEPS_A_LINE = 25;

    private final OnnxRuntime runtime;
    private final ModelFolder folder;
    private final Path directory;
    private final DataSet set;
    private final List<Teaching> test;
    private final double epochs;

    private AdaptationBenchmark(
            OnnxRuntime runtime, ModelFolder folder, Path directory, DataSet set, List<Teaching> test, double epochs) {
        this.runtime = runtime;
        this.folder = folder;
        this.directory = directory;
        this.set = set;
        this.test = test;
        this.epochs = epochs;
    }

    /** Runs all draws. */
    public static void main(String[] arguments) throws Exception {
        Path data = Path.of(arguments[0]);
        Path models = Path.of(arguments[1]);
        OnnxRuntime runtime = OnnxRuntime.start(
                OnnxSettings.defaults().on(ExecutionProvider.CPU, true).packing(models));
        BundledModels bundled = new BundledModels(models);
        ModelFolder folder = bundled.folders().stream()
                .filter(each -> each.id().equals(arguments[2]))
                .findFirst()
                .orElseThrow();
        DataSet named = DataSet.of(arguments[3]);
        // The dev split of sst2 was looked at when defaults were chosen.
        DataSet.Split testSplit =
                named.name().equals("sst2") ? new DataSet.Split("sst2/test.tsv", 0, -1, 1) : named.test();
        List<Teaching> train = named.train().read(data, named.kind());
        List<Teaching> test = testSplit.read(data, named.kind());
        if (Boolean.getBoolean("perennial.tune")) {
            test = AdaptationChoices.each(5, train, false);
            train = AdaptationChoices.each(5, train, true);
        }
        AdaptationBenchmark benchmark = new AdaptationBenchmark(
                runtime,
                folder,
                Files.createTempDirectory("adaptation"),
                named,
                test,
                Double.parseDouble(arguments[6]));
        int perLabel = Integer.parseInt(arguments[4]);
        int draws = Integer.parseInt(arguments[5]);
        double gain = 0;
        try (Encoder frozen = bundled.open(runtime, List.of(arguments[2])).get(0)) {
            for (int draw = 1; draw <= draws; draw++) {
                List<Teaching> taught = drawn(train, perLabel, draw);
                Path known = models.resolve(String.join(
                        "-",
                        "frozen",
                        folder.id(),
                        named.name(),
                        "" + perLabel,
                        "" + draw,
                        "" + test.size(),
                        "" + train.size()));
                Material material = new Material(draw, taught, AdaptationChoices.unlabelled(train, draw));
                gain += benchmark.run(material, frozen, known) / draws;
            }
        }
        System.out.printf("mean gain %+.2f points over %d draws, %d test texts%n", 100 * gain, draws, test.size());
        System.exit(0);
    }

    private static List<Teaching> drawn(List<Teaching> train, int perLabel, int seed) {
        List<Teaching> shuffled = new ArrayList<>(train);
        Collections.shuffle(shuffled, new Random(seed));
        Map<String, Integer> counts = new HashMap<>();
        return shuffled.stream()
                .filter(each ->
                        perLabel == 0 || counts.merge(AdaptationChoices.label(each), 1, Integer::sum) <= perLabel)
                .toList();
    }

    /**
     * What an encoder and heads learn from.
     *
     * @param draw seed of all that is random
     * @param unlabelled read without its labels, by {@code self-contrast} alone
     */
    private record Material(int draw, List<Teaching> taught, List<Teaching> unlabelled) {}

    private double run(Material material, Encoder frozen, Path known) throws Exception {
        int draw = material.draw();
        List<Teaching> taught = material.taught();
        String before;
        if (Files.exists(known)) {
            before = Files.readString(known);
        } else {
            before = answers(taught, frozen, Optional.empty(), Set.of());
            Files.writeString(known, before);
        }
        double wrongBefore = share(before, '0');
        System.out.printf("draw %d: %d taught, frozen %.2f%n", draw, taught.size(), 100 - 100 * wrongBefore);
        double began = cpuSeconds();
        Path adapted = directory.resolve("adapted-" + draw + ".onnx");
        List<Teaching> seen = taught.size() < FEW ? taught : AdaptationChoices.each(FOLDS, taught, true);
        String told = adapt(material, seen, adapted);
        double seconds = cpuSeconds() - began;
        String after;
        try (Encoder encoder = runtime.open(folder(adapted))) {
            Set<String> learntFrom = taught.size() < FEW
                    ? Set.of()
                    : seen.stream()
                            .map(each -> ContentKey.of(each.input()).hex())
                            .collect(Collectors.toSet());
            after = answers(taught, frozen, Optional.of(encoder), learntFrom);
        }
        Files.delete(adapted);
        double gain = share(after, '1') - share(before, '1');
        long lost = count(before, after, '1');
        long won = count(before, after, '0');
        System.out.printf(
                "draw %d: frozen %.2f, adapted %.2f, gain %+.2f, %d won, %d lost, p %.2g; %s; %.0f s of processor time%n",
                draw,
                100 * share(before, '1'),
                100 * share(after, '1'),
                100 * gain,
                won,
                lost,
                Significance.mcNemar(lost, won),
                told,
                seconds);
        return gain;
    }

    private static double share(String answers, char which) {
        return answers.chars().filter(each -> each == which).count() / (double) answers.length();
    }

    private static long count(String before, String after, char was) {
        return IntStream.range(0, before.length())
                .filter(i -> before.charAt(i) == was && after.charAt(i) != was)
                .count();
    }

    private ModelFolder folder(Path adapted) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        String hash = HexFormat.of().formatHex(sha256.digest(Files.readAllBytes(adapted)));
        return new ModelFolder(
                folder.id(),
                adapted,
                folder.tokenizer(),
                hash,
                folder.tokenizerSha256(),
                folder.pooling(),
                folder.prefix(),
                folder.maxTokens(),
                folder.precision(),
                folder.parameters());
    }

    private String adapt(Material material, List<Teaching> seen, Path adapted) throws Exception {
        List<Objective.LabelledText> texts = AdaptationChoices.texts(folder, seen);
        boolean spares = texts.size() > 2 * WATCHED;
        int nth = texts.size() / WATCHED;
        List<Objective.LabelledText> learnt = spares ? AdaptationChoices.each(nth, texts, true) : texts;
        List<Objective.LabelledText> watched = spares ? AdaptationChoices.each(nth, texts, false) : texts;
        Objective objective = AdaptationChoices.isSelfContrast()
                ? AdaptationChoices.selfContrast(learnt, AdaptationChoices.texts(folder, material.unlabelled()))
                : AdaptationChoices.objective(learnt);
        int rounds = (int) objective.read().count();
        int steps = (int) Math.max(30, Math.round(epochs * rounds / AdaptationChoices.batch()));
        EncoderFile file = new EncoderFile(folder.model(), folder.modelSha256(), folder.pooling());
        TrainingOrder order = new TrainingOrder(
                file, AdaptationChoices.selection(), objective, AdaptationChoices.plan(material.draw(), steps));
        double end = cpuSeconds() + 60 * AdaptationChoices.number("minutes", "60");
        try (Training training = Training.open(order, directory)) {
            WatchedTraining running = new WatchedTraining(
                    training, AdaptationChoices.objective(watched), () -> cpuSeconds() < end, new Telling());
            running.run();
            training.write(adapted, order.objective().read().limit(8).toList());
            return String.format(
                    "%d numbers (%.2f %%), best after %d of %d steps",
                    training.parameters(),
                    100.0 * training.parameters() / folder.parameters(),
                    running.bestStep(),
                    steps);
        }
    }

    /** Which answers of the test are right, a digit each. */
    private String answers(List<Teaching> taught, Encoder frozen, Optional<Encoder> adapted, Set<String> learntFrom) {
        TaskId id = new TaskId(set.name());
        Encoder teaching = adapted.isPresent() && learntFrom.isEmpty() ? adapted.get() : frozen;
        try (School school = School.open(FitSettings.DEFAULT, List.of(teaching))) {
            school.teacher()
                    .define(new Task(id, set.kind(), set.input(), "", List.of(), Optional.empty(), Policy.DEFAULT));
            school.teacher().teach(id, taught, Optional.empty(), no -> {
                throw new IllegalStateException("no reply was asked for");
            });
            if (adapted.isPresent() && !learntFrom.isEmpty()) {
                try (Prospect prospect = school.teacher().prospect(List.of(id))) {
                    Adaptation adaptation =
                            new Adaptation("adaptation", frozen.info().digest(), adapted.get(), Set.of(id), learntFrom);
                    if (!school.teacher().adapt(adaptation, prospect, Admittance.ALWAYS)) {
                        throw new IllegalStateException("not adapted");
                    }
                }
            }
            List<Input> inputs = test.stream().map(Teaching::input).toList();
            List<Prediction> predictions = new Predictor(school.active(), school.encoders())
                    .predict(id, new PredictionRequest(inputs, 1, Mode.FULL, false))
                    .predictions();
            StringBuilder right = new StringBuilder();
            for (int i = 0; i < predictions.size(); i++) {
                String label = predictions.get(i).label().orElse("");
                right.append(label.equals(AdaptationChoices.label(test.get(i))) ? '1' : '0');
            }
            return right.toString();
        }
    }

    private static double cpuSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }

    private static final class Telling implements StepListener {
        private double sum;

        @Override
        public boolean goesOn() {
            return true;
        }

        @Override
        public void stepped(int step, double loss) {
            sum += loss;
            if (step % STEPS_A_LINE == 0) {
                System.out.printf("step %d: loss %.4f, %.0f s%n", step, sum / STEPS_A_LINE, cpuSeconds());
                sum = 0;
            }
        }
    }
}
