// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What share of the multiply-adds that one core can do MiniLM does, on one thread and without padding, for texts of 64
 * and of 128 tokens. What a core can do is the best that square products of OpenBLAS reach between the encoder's turns.
 * All by the time of the thread. Argument: a folder for unpacked models.
 */
@SuppressWarnings("SystemOut")
public final class RooflineBenchmark {
    private static final int TURNS = 15;
    private static final List<Integer> PRODUCTS = List.of(256, 512, 1024);
    private static final double OPERATIONS_OF_A_TURN = 2e10;
    private static final int TEXTS = 8;

    private final Map<String, Turn> turns = new LinkedHashMap<>();

    /** Work that is repeated, and how many operations it takes. */
    private record Turn(Runnable work, double operations) {
        /** Thousand million operations a second. */
        double rate() {
            int times = (int) Math.ceil(OPERATIONS_OF_A_TURN / operations);
            long began = threadNanos();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            return times * operations / (threadNanos() - began);
        }
    }

    private RooflineBenchmark() {
        blas_set_num_threads(1);
        PRODUCTS.forEach(size -> turns.put("product of " + size, product(size)));
    }

    public static void main(String[] arguments) {
        Path models = Path.of(arguments[0]);
        OnnxSettings settings =
                OnnxSettings.defaults().on(ExecutionProvider.CPU, true).packing(models);
        try (Encoder encoder = new BundledModels(models)
                .open(OnnxRuntime.start(settings), List.of("all-minilm-l6-v2"))
                .get(0)) {
            RooflineBenchmark benchmark = new RooflineBenchmark();
            benchmark.turns.put("texts of 64", texts(encoder, 64));
            benchmark.turns.put("texts of 128", texts(encoder, 128));
            benchmark.run();
        }
        System.exit(0);
    }

    private static Turn product(int size) {
        long numbers = (long) size * size;
        float[] ones = new float[(int) numbers];
        Arrays.fill(ones, 1f / size);
        FloatPointer left = new FloatPointer(ones);
        FloatPointer right = new FloatPointer(ones);
        FloatPointer product = new FloatPointer(numbers);
        Runnable multiply = () -> cblas_sgemm(
                CblasRowMajor,
                CblasNoTrans,
                CblasNoTrans,
                size,
                size,
                size,
                1,
                left,
                size,
                right,
                size,
                0,
                product,
                size);
        return new Turn(multiply, 2.0 * numbers * size);
    }

    private static Turn texts(Encoder encoder, int tokens) {
        List<Passage> texts = IntStream.range(0, TEXTS)
                .mapToObj(text -> Passage.of(words(text, tokens - 2)))
                .toList();
        List<Integer> lengths =
                encoder.encode(texts).stream().map(Embedding::tokens).toList();
        if (!lengths.stream().allMatch(length -> length == tokens)) {
            throw new IllegalStateException("texts of " + lengths + " tokens");
        }
        return new Turn(() -> encoder.encode(texts), EncoderWork.MINILM.operations(lengths));
    }

    /** So many words of one piece each. */
    private static String words(int first, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> ServiceLoad.question(first + i / 10).split(" ")[i % 10])
                .collect(Collectors.joining(" "));
    }

    private void run() {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        for (int i = 0; i <= TURNS; i++) {
            for (Map.Entry<String, Turn> turn : turns.entrySet()) {
                double rate = turn.getValue().rate();
                if (i > 0) {
                    rates.computeIfAbsent(turn.getKey(), what -> new ArrayList<>())
                            .add(rate);
                }
            }
        }
        double peak = PRODUCTS.stream()
                .mapToDouble(size -> EncoderBenchmark.median(rates.get("product of " + size)))
                .max()
                .orElseThrow();
        rates.forEach((what, some) -> System.out.printf(
                "%-16s %5.1f GFLOP/s, %.0f %% of the best product (turns from %.1f to %.1f)%n",
                what,
                EncoderBenchmark.median(some),
                100 * EncoderBenchmark.median(some) / peak,
                some.stream().min(Double::compare).orElseThrow(),
                some.stream().max(Double::compare).orElseThrow()));
        System.out.printf("Load average %.1f%n", Machine.load());
    }

    private static long threadNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
