// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Passage;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long a lone caller waits for the embedding of a text of twelve tokens, under either profile of the encoding
 * threads: as many of them as cores with a run each, or one whose runs all cores share. By the first encoder and by all
 * of them, in turns. Argument: a folder for unpacked models.
 */
@SuppressWarnings("SystemOut")
public final class LatencyBenchmark {
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final int CHARS = 8_000_000;
    private static final int TURNS = 20;
    private static final int CALLS = 25;

    private final Map<String, EncoderPool> pools = new LinkedHashMap<>();
    private final Map<String, List<Encoder>> encoders = new LinkedHashMap<>();
    private int questions;

    private LatencyBenchmark(Path models) {
        BundledModels bundled = new BundledModels(models);
        List<String> ids = bundled.folders().stream().map(ModelFolder::id).toList();
        OnnxSettings settings =
                OnnxSettings.defaults().on(ExecutionProvider.CPU, true).packing(models);
        pools.put("throughput", new EncoderPool(CORES, CHARS));
        encoders.put("throughput", bundled.open(OnnxRuntime.start(settings), ids));
        pools.put("latency", new EncoderPool(1, CHARS));
        encoders.put("latency", bundled.open(OnnxRuntime.start(settings.sharing(CORES)), ids));
    }

    public static void main(String[] arguments) throws Exception {
        LatencyBenchmark benchmark = new LatencyBenchmark(Path.of(arguments[0]));
        System.out.println(Machine.description());
        benchmark.measure(1);
        benchmark.measure(benchmark.encoders.get("latency").size());
        System.exit(0);
    }

    private void measure(int count) throws Exception {
        Map<String, Stopwatch> watches = new LinkedHashMap<>();
        Map<String, Long> cpu = new LinkedHashMap<>();
        for (int turn = 0; turn <= TURNS; turn++) {
            for (String profile : pools.keySet()) {
                Stopwatch watch = turn == 0 ? new Stopwatch() : watches.computeIfAbsent(profile, p -> new Stopwatch());
                long began = processNanos();
                turn(profile, count, watch);
                cpu.merge(profile, turn == 0 ? 0 : processNanos() - began, Long::sum);
            }
        }
        watches.forEach((profile, watch) -> System.out.printf(
                "%d encoders, one text, %-10s p50 %.2f ms, p95 %.2f ms, %.1f texts/s by the median; %.1f ms CPU a text%n",
                count,
                profile,
                watch.median(),
                watch.quantile(0.95),
                1000 / watch.median(),
                cpu.get(profile) / 1e6 / (TURNS * CALLS)));
        System.out.printf(
                "%d encoders, one text: throughput over latency %.2f; load average %.1f%n",
                count,
                watches.get("throughput").median() / watches.get("latency").median(),
                Machine.load());
    }

    private void turn(String profile, int count, Stopwatch watch) throws Exception {
        List<Encoder> asked = encoders.get(profile).subList(0, count);
        for (int call = 0; call < CALLS; call++) {
            List<Passage> text = List.of(Passage.of(ServiceLoad.question(questions++)));
            watch.time(() -> pools.get(profile).encode(asked, text));
        }
    }

    private static long processNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
