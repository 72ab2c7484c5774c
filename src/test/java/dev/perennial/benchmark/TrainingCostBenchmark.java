// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.perennial.encode.TokenSequence;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.train.EncoderFile;
import dev.perennial.train.Objective;
import dev.perennial.train.Selection;
import dev.perennial.train.StepListener;
import dev.perennial.train.Training;
import dev.perennial.train.TrainingOrder;
import dev.perennial.train.TrainingPlan;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a step of a training costs over a forward pass of the encoder's own graph, in the same process and on one thread
 * each, and how much memory the process takes: 16 texts of 32 tokens a step. Arguments: a folder for unpacked models,
 * the id of an encoder, and selections ({@code low-rank}, {@code all-low-rank}, {@code biases}, {@code last-2},
 * {@code fisher}), of which one alone tells the memory.
 */
@SuppressWarnings("SystemOut")
public final class TrainingCostBenchmark {
    private static final int TEXTS = 16;
    private static final int TOKENS = 32;
    private static final int STEPS = 30;

    private TrainingCostBenchmark() {}

    /** Measures one selection after the other. */
    public static void main(String[] arguments) throws Exception {
        Path models = Path.of(arguments[0]);
        OnnxRuntime runtime = OnnxRuntime.start(OnnxSettings.defaults().on(ExecutionProvider.CPU, true));
        BundledModels bundled = new BundledModels(models);
        ModelFolder folder = bundled.folders().stream()
                .filter(each -> each.id().equals(arguments[1]))
                .findFirst()
                .orElseThrow();
        if (!Files.exists(folder.model())) {
            bundled.open(runtime, List.of(folder.id())).get(0).close();
        }
        for (String selection : List.of(arguments).subList(2, arguments.length)) {
            measure(folder, selection);
        }
        System.exit(0);
    }

    private static void measure(ModelFolder folder, String selection) throws Exception {
        List<Objective.LabelledText> texts = texts();
        EncoderFile file = new EncoderFile(folder.model(), folder.modelSha256(), folder.pooling());
        TrainingOrder order = new TrainingOrder(
                file,
                selection(selection),
                new Objective.Contrast(texts, 0.1, TEXTS),
                TrainingPlan.defaults(1).withSteps(STEPS));
        Steps steps = new Steps();
        double forward;
        try (OrtSession session = session(folder);
                Training training = Training.open(order, Files.createTempDirectory("training"))) {
            training.run(steps);
            forward = forward(session, texts);
            System.out.printf("%s, %s: %d parameters%n", folder.id(), selection, training.parameters());
        }
        System.out.printf(
                "  a step %.3f, forward alone %.3f, ratio %.2f (medians, s of processor time)%n",
                median(steps.seconds), forward, median(steps.seconds) / forward);
        System.out.printf("  memory of the process at most: %s%n", memory());
    }

    private static Selection selection(String name) {
        return switch (name) {
            case "low-rank" -> Selection.LowRank.defaults();
            case "all-low-rank" -> new Selection.LowRank(Selection.Places.ALL_PRODUCTS, 8, 16, false, 1);
            case "biases" -> new Selection.BiasesAndNorms();
            case "last-2" -> new Selection.LastLayers(2);
            case "fisher" -> new Selection.TopShare(0.01, 5);
            default -> throw new IllegalArgumentException("unknown selection " + name);
        };
    }

    private static List<Objective.LabelledText> texts() {
        Random random = new Random(1);
        List<Objective.LabelledText> texts = new ArrayList<>();
        for (int i = 0; i < TEXTS; i++) {
            long[] ids = random.longs(TOKENS, 2000, 20_000).toArray();
            texts.add(new Objective.LabelledText(new TokenSequence(ids, new long[TOKENS]), i % 2));
        }
        return texts;
    }

    private static OrtSession session(ModelFolder folder) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            return OrtEnvironment.getEnvironment().createSession(folder.model().toString(), options);
        }
    }

    private static double forward(OrtSession session, List<Objective.LabelledText> texts) throws OrtException {
        long[][] ids = texts.stream().map(text -> text.text().ids()).toArray(long[][]::new);
        long[][] ones = new long[TEXTS][TOKENS];
        Arrays.stream(ones).forEach(row -> Arrays.fill(row, 1));
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> inputs = Map.of(
                "input_ids", OnnxTensor.createTensor(environment, ids),
                "attention_mask", OnnxTensor.createTensor(environment, ones),
                "token_type_ids", OnnxTensor.createTensor(environment, new long[TEXTS][TOKENS]));
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            double began = cpuSeconds();
            session.run(inputs).close();
            seconds.add(cpuSeconds() - began);
        }
        return median(seconds);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    /** Of this thread, on which everything runs but the virtual machine's own work. */
    private static double cpuSeconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
    }

    private static String memory() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .orElse("unknown");
    }

    /** Notes what each step took. */
    private static final class Steps implements StepListener {
        private final List<Double> seconds = new ArrayList<>();
        private double began;

        @Override
        public boolean goesOn() {
            began = cpuSeconds();
            return true;
        }

        @Override
        public void stepped(int step, double loss) {
            seconds.add(cpuSeconds() - began);
        }
    }
}
