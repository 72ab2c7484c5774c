// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.drift.DriftRun;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Known;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.task.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How often drift is seen where there is none, and where the labels shift, on questions of {@code banking77}: 100
 * streams of each kind, each of a task that was taught ten other examples a label, by seed. A shift makes a random half
 * of the labels as rare as is said. Arguments: the data folder, a folder for cached vectors.
 */
public final class DriftBenchmark {
    private static final int RUNS = 100;
    private static final int TAUGHT = 10;
    private static final int LENGTH = 3000;
    private static final int SHIFT = 1500;

    private DriftBenchmark() {}

    /** Runs all streams. */
    public static void main(String[] arguments) throws Exception {
        Path data = Path.of(arguments[0]);
        Path cache = Path.of(arguments[1]);
        Path models = cache.resolve("models");
        OnnxRuntime runtime = OnnxRuntime.start(OnnxSettings.defaults().packing(models));
        List<Encoder> opened = new BundledModels(models).open(runtime, List.of("all-minilm-l6-v2"));
        int cores = Runtime.getRuntime().availableProcessors();
        try (EncoderPool pool = new EncoderPool(cores, Integer.MAX_VALUE)) {
            Course course = new Course(data, cache, new Encoders(pool, opened));
            DataSet set = DataSet.of("banking77");
            List<Known> rows = new ArrayList<>(course.known(set, set.train()));
            Collections.shuffle(rows, new Random(1));
            Map<String, List<Known>> byLabel = byLabel(rows);
            List<Known> taught = byLabel.values().stream()
                    .flatMap(ofLabel -> ofLabel.subList(0, TAUGHT).stream())
                    .toList();
            Ensemble ensemble = course.learn(set, taught);
            List<Known> asked = byLabel.values().stream()
                    .flatMap(ofLabel -> ofLabel.subList(TAUGHT, ofLabel.size()).stream())
                    .toList();
            System.out.printf("%d labels, %d taught, %d to ask%n", byLabel.size(), taught.size(), asked.size());
            DriftRun run =
                    new DriftRun(ensemble, asked.stream().map(Known::encoded).toList());
            for (double share : new double[] {1, 0, 0.25, 0.5}) {
                report(run, asked, share);
            }
        }
    }

    private static Map<String, List<Known>> byLabel(List<Known> rows) {
        return rows.stream().collect(Collectors.groupingBy(DriftBenchmark::label, TreeMap::new, Collectors.toList()));
    }

    private static String label(Known known) {
        return ((Answer.OneLabel) known.example().teaching().answer()).label();
    }

    /** @param share how often a rare label is asked about, of what it was */
    private static void report(DriftRun run, List<Known> asked, double share) {
        long began = System.nanoTime();
        List<Map<String, Integer>> alarms = IntStream.rangeClosed(1, RUNS)
                .parallel()
                .mapToObj(seed -> run.firstAlarms(stream(asked, share, seed)))
                .toList();
        Map<String, Integer> early = new TreeMap<>();
        Map<String, List<Integer>> delays = new TreeMap<>();
        for (Map<String, Integer> ofRun : alarms) {
            ofRun.forEach((detector, at) -> {
                if (at <= SHIFT) {
                    early.merge(detector, 1, Integer::sum);
                } else {
                    delays.computeIfAbsent(detector, any -> new ArrayList<>()).add(at - SHIFT);
                }
            });
        }
        long any = alarms.stream()
                .filter(ofRun -> ofRun.values().stream().anyMatch(at -> at > SHIFT))
                .count();
        long anyEver = alarms.stream().filter(ofRun -> !ofRun.isEmpty()).count();
        System.out.printf(
                "half of the labels at %.2f of what they were, from answer %d of %d on: %d of %d runs with an alarm "
                        + "after it, %d with any at all; before it by detector %s; %.0f s%n",
                share, SHIFT, LENGTH, any, RUNS, anyEver, early, (System.nanoTime() - began) / 1e9);
        delays.forEach((detector, after) -> System.out.printf(
                "  %-12s %3d runs, after %d answers in the median, %d at most%n",
                detector,
                after.size(),
                after.stream().sorted().toList().get(after.size() / 2),
                Collections.max(after)));
    }

    private static int[] stream(List<Known> asked, double share, int seed) {
        Random random = new Random(seed);
        List<String> labels = new ArrayList<>(byLabel(asked).keySet());
        Collections.shuffle(labels, random);
        List<String> rare = labels.subList(0, labels.size() / 2);
        int[] stream = new int[LENGTH];
        Arrays.setAll(stream, i -> {
            int drawn = random.nextInt(asked.size());
            while (i >= SHIFT && rare.contains(label(asked.get(drawn))) && random.nextDouble() >= share) {
                drawn = random.nextInt(asked.size());
            }
            return drawn;
        });
        return stream;
    }
}
