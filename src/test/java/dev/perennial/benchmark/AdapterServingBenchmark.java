// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.app.WorkerTrainer;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import dev.perennial.learn.AdaptationObjective;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.EncoderTraining;
import dev.perennial.learn.LabelledPassage;
import dev.perennial.learn.TrainingBudget;
import dev.perennial.learn.TrainingFollower;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.stream.IntStream;

/**
 * What adapted encoders over one base cost: memory of the process with a hundred of them, and processor time of 32
 * texts by the base, by one of them, by 8 and 16 of them in one batch, and by 16 of them one after another, in turns.
 * One adapter is learnt and opened again and again: nothing is shared because of that. Arguments: the data folder, a
 * folder for unpacked models, and the ids of encoders.
 */
@SuppressWarnings("SystemOut")
public final class AdapterServingBenchmark {
    private static final int ADAPTERS = 100;
    private static final int TEXTS = 32;
    private static final int TURNS = Integer.getInteger("perennial.turns", 41);
    private static final int EXAMPLES = 16;
    private static final long MEMORY = 1_300_000_000;

    private final List<Passage> questions;
    private final Encoder base;
    private final WorkerTrainer trainer;

    private AdapterServingBenchmark(List<Passage> questions, Encoder base, WorkerTrainer trainer) {
        this.questions = questions;
        this.base = base;
        this.trainer = trainer;
    }

    public static void main(String[] arguments) throws Exception {
        List<Passage> questions = EncoderBenchmark.questions(Path.of(arguments[0])).stream()
                .map(Passage::of)
                .toList();
        Path models = Path.of(arguments[1]);
        OnnxRuntime runtime = OnnxRuntime.start(
                OnnxSettings.defaults().on(ExecutionProvider.CPU, true).packing(models));
        Path work = Files.createTempDirectory("adapters");
        WorkerTrainer trainer = new WorkerTrainer(
                runtime, new WorkerTrainer.Places(work, work.resolve("members"), MEMORY), InstantSource.system());
        for (String id : List.of(arguments).subList(2, arguments.length)) {
            try (Encoder base =
                    new BundledModels(models).open(runtime, List.of(id)).get(0)) {
                new AdapterServingBenchmark(questions, base, trainer).run();
            }
        }
        System.exit(0);
    }

    private void run() throws IOException, InterruptedException {
        byte[] adapter = learnt();
        for (int i = 0; i < 5; i++) {
            base.encode(questions.subList(0, TEXTS));
        }
        long alone = memory();
        // The first openings make a session and compile code, which no further adapter takes.
        for (int i = 0; i < ADAPTERS; i++) {
            try (Encoder encoder = open(adapter)) {
                encoder.encode(questions.subList(0, 2));
            }
        }
        List<Encoder> adapted = new ArrayList<>();
        adapted.add(open(adapter));
        long one = memory();
        long began = System.nanoTime();
        while (adapted.size() < ADAPTERS) {
            adapted.add(open(adapter));
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        adapted.forEach(encoder -> encoder.encode(questions.subList(0, 2)));
        long all = memory();
        System.out.printf(
                "%s: memory of the process with the base %d MB, after one adapter %d MB, with %d of them %d MB: %.2f and"
                        + " %.2f times; %d bytes an adapter, opened in %.0f ms%n",
                base.info().id(),
                alone >> 20,
                one >> 20,
                ADAPTERS,
                all >> 20,
                (double) all / one,
                (double) all / alone,
                adapter.length,
                1e3 * seconds / (ADAPTERS - 1));
        compare(adapted);
    }

    private Encoder open(byte[] adapter) {
        Encoder encoder = trainer.open(base, adapter);
        if (encoder.host() != base) {
            throw new IllegalStateException("an adapted encoder is a file of its own");
        }
        return encoder;
    }

    private byte[] learnt() {
        List<LabelledPassage> examples = IntStream.range(0, EXAMPLES)
                .mapToObj(i -> new LabelledPassage(questions.get(i), i % 2))
                .toList();
        TrainingBudget budget =
                new TrainingBudget(2, Duration.ofMinutes(5), MEMORY, base.info().parameters());
        return trainer.train(
                        base,
                        new EncoderTraining(AdaptationStrategy.LORA, AdaptationObjective.CONTRAST, examples, budget, 1),
                        TrainingFollower.PATIENT)
                .adapter();
    }

    /** What the process holds in memory. */
    private static long memory() throws IOException, InterruptedException {
        for (int i = 0; i < 5; i++) {
            System.gc();
            // What was mapped is given back by another thread.
            Thread.sleep(200);
        }
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> new Scanner(line).skip("VmRSS:").nextLong() << 10)
                .findFirst()
                .orElseThrow();
    }

    private void compare(List<Encoder> adapted) {
        List<Passage> texts = questions.subList(EXAMPLES, EXAMPLES + TEXTS);
        Map<String, Runnable> ways = new LinkedHashMap<>();
        ways.put("one adapter", () -> adapted.get(0).encode(texts));
        ways.put("the base", () -> base.encode(texts));
        ways.put("8 adapters at once", () -> base.encode(texts, readers(adapted, 8)));
        ways.put("16 adapters at once", () -> base.encode(texts, readers(adapted, 16)));
        ways.put("16 adapters in turn", () -> {
            for (int i = 0; i < 16; i++) {
                adapted.get(i).encode(texts.subList(2 * i, 2 * i + 2));
            }
        });
        Map<String, List<Double>> ratios = new LinkedHashMap<>();
        List<Double> single = new ArrayList<>();
        for (int turn = -2; turn < TURNS; turn++) {
            double first = 0;
            for (Map.Entry<String, Runnable> way : ways.entrySet()) {
                double millis = millis(way.getValue());
                first = first == 0 ? millis : first;
                if (turn >= 0) {
                    ratios.computeIfAbsent(way.getKey(), name -> new ArrayList<>())
                            .add(first / millis);
                }
            }
            if (turn >= 0) {
                single.add(first);
            }
        }
        System.out.printf("  32 texts by one adapter: %.1f ms of a core%n", EncoderBenchmark.median(single));
        ratios.forEach((way, all) ->
                System.out.printf("  throughput of %s over one adapter: %.2f%n", way, EncoderBenchmark.median(all)));
    }

    private static List<Encoder> readers(List<Encoder> adapted, int count) {
        return IntStream.range(0, TEXTS).mapToObj(i -> adapted.get(i % count)).toList();
    }

    private static double millis(Runnable work) {
        long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        work.run();
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began) / 1e6;
    }
}
