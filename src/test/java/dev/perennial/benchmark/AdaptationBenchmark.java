// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictor;
import dev.perennial.learn.FitSettings;
import dev.perennial.learn.School;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.EncoderTokenizer;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.train.EncoderFile;
import dev.perennial.train.Objective;
import dev.perennial.train.Selection;
import dev.perennial.train.StepListener;
import dev.perennial.train.Training;
import dev.perennial.train.TrainingOrder;
import dev.perennial.train.TrainingPlan;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * What adapting an encoder to a task is worth: accuracy of the heads that the service fits by itself, over the encoder
 * as it ships and over the adapted one, with the same few examples. Arguments: the data folder, a folder for unpacked
 * models, the id of an encoder, a set, examples a label, draws, steps. {@code -Dperennial.rate},
 * {@code -Dperennial.temperature} and {@code -Dperennial.texts} change learning rate, temperature and texts a step.
 */
@SuppressWarnings("SystemOut")
public final class AdaptationBenchmark {
    private static final int WINDOW = 64;

    private final OnnxRuntime runtime;
    private final ModelFolder folder;
    private final Path directory;
    private final DataSet set;
    private final List<Teaching> test;
    private final int steps;

    private AdaptationBenchmark(
            OnnxRuntime runtime, ModelFolder folder, Path directory, DataSet set, List<Teaching> test, int steps) {
        this.runtime = runtime;
        this.folder = folder;
        this.directory = directory;
        this.set = set;
        this.test = test;
        this.steps = steps;
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
        List<Teaching> test = testSplit.read(data, named.kind());
        Path directory = Files.createTempDirectory("adaptation");
        AdaptationBenchmark benchmark =
                new AdaptationBenchmark(runtime, folder, directory, named, test, Integer.parseInt(arguments[6]));
        List<Teaching> train = named.train().read(data, named.kind());
        double gain = 0;
        int draws = Integer.parseInt(arguments[5]);
        try (Encoder frozen =
                new Remembering(bundled.open(runtime, List.of(arguments[2])).get(0))) {
            for (int draw = 1; draw <= draws; draw++) {
                List<Teaching> taught = drawn(train, Integer.parseInt(arguments[4]), draw);
                gain += benchmark.run(draw, taught, frozen) / draws;
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
                .filter(each -> counts.merge(label(each), 1, Integer::sum) <= perLabel)
                .toList();
    }

    private static String label(Teaching teaching) {
        return ((Answer.OneLabel) teaching.answer()).label();
    }

    private double run(int draw, List<Teaching> taught, Encoder frozen) throws Exception {
        double before = accuracy(taught, frozen);
        double began = cpuSeconds();
        Path adapted = directory.resolve("adapted-" + draw + ".onnx");
        double last = adapt(draw, taught, adapted);
        double seconds = cpuSeconds() - began;
        double after;
        try (Encoder encoder = runtime.open(folder(adapted))) {
            after = accuracy(taught, encoder);
        }
        Files.delete(adapted);
        System.out.printf(
                "draw %d: frozen %.2f, adapted %.2f, gain %+.2f; training %.1f s of processor time, last loss %.3f%n",
                draw, 100 * before, 100 * after, 100 * (after - before), seconds, last);
        return after - before;
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

    private double adapt(int draw, List<Teaching> taught, Path adapted) throws Exception {
        List<Objective.LabelledText> texts = new ArrayList<>();
        Map<String, Integer> numbers = new TreeMap<>();
        taught.forEach(each -> numbers.putIfAbsent(label(each), numbers.size()));
        try (EncoderTokenizer tokenizer = EncoderTokenizer.open(folder, WINDOW)) {
            for (Teaching each : taught) {
                Passage passage = Passage.of(each.input().text().value());
                texts.add(new Objective.LabelledText(tokenizer.tokens(passage), numbers.get(label(each))));
            }
        }
        boolean binary = numbers.size() == 2;
        double temperature = Double.parseDouble(System.getProperty("perennial.temperature", binary ? "0.1" : "0.05"));
        Objective objective = new Objective.Contrast(texts, temperature, Integer.getInteger("perennial.texts", 32));
        TrainingPlan plan = TrainingPlan.defaults(draw)
                .withSteps(steps)
                .withRate(Double.parseDouble(System.getProperty("perennial.rate", "1e-3")));
        EncoderFile file = new EncoderFile(folder.model(), folder.modelSha256(), folder.pooling());
        double[] last = new double[1];
        try (Training training =
                Training.open(new TrainingOrder(file, Selection.LowRank.defaults(), objective, plan), directory)) {
            training.run(new StepListener() {
                @Override
                public boolean goesOn() {
                    return true;
                }

                @Override
                public void stepped(int step, double loss) {
                    last[0] = loss;
                }
            });
            training.write(
                    adapted,
                    texts.stream().map(Objective.LabelledText::text).limit(8).toList());
        }
        return last[0];
    }

    private double accuracy(List<Teaching> taught, Encoder encoder) {
        TaskId id = new TaskId(set.name());
        try (School school = School.open(FitSettings.DEFAULT, List.of(encoder))) {
            school.teacher()
                    .define(new Task(
                            id, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
            school.teacher().teach(id, taught, Optional.empty(), no -> {
                throw new IllegalStateException("no reply was asked for");
            });
            List<Input> inputs = test.stream().map(Teaching::input).toList();
            List<Prediction> predictions = new Predictor(school.active(), school.encoders())
                    .predict(id, new PredictionRequest(inputs, 1, Mode.FULL, false))
                    .predictions();
            double right = 0;
            for (int i = 0; i < predictions.size(); i++) {
                right += predictions.get(i).label().orElse("").equals(label(test.get(i))) ? 1 : 0;
            }
            return right / predictions.size();
        }
    }

    private static double cpuSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }

    /** An encoder that embeds no text twice. */
    private record Remembering(Encoder encoder, Map<Passage, Embedding> known) implements Encoder {
        private Remembering(Encoder encoder) {
            this(encoder, new LinkedHashMap<>());
        }

        @Override
        public EncoderInfo info() {
            return encoder.info();
        }

        @Override
        public synchronized List<Embedding> encode(List<Passage> passages) {
            List<Passage> unknown = passages.stream()
                    .filter(each -> !known.containsKey(each))
                    .distinct()
                    .toList();
            List<Embedding> embeddings = encoder.encode(unknown);
            for (int i = 0; i < unknown.size(); i++) {
                known.put(unknown.get(i), embeddings.get(i));
            }
            return passages.stream().map(known::get).toList();
        }

        @Override
        public void close() {
            encoder.close();
        }
    }
}
