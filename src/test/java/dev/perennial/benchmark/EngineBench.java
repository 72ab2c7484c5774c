// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Passage;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A request of 32 texts of twelve tokens to MiniLM without padding: on its caller's thread, and on all threads. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineBench {
    private static final Path MODELS = Path.of("target/models");
    private static final int CHARS = 8_000_000;

    private final List<Passage> texts = IntStream.range(0, 32)
            .mapToObj(ServiceLoad::question)
            .map(Passage::of)
            .toList();
    private final EncoderPool pool = new EncoderPool(Runtime.getRuntime().availableProcessors(), CHARS);

    private Encoder encoder;

    @Setup
    public void open() {
        OnnxSettings settings =
                OnnxSettings.defaults().on(ExecutionProvider.CPU, true).packing(MODELS);
        encoder = new BundledModels(MODELS)
                .open(OnnxRuntime.start(settings), List.of("all-minilm-l6-v2"))
                .get(0);
    }

    @TearDown
    public void close() {
        pool.close();
        encoder.close();
    }

    @Benchmark
    public List<Embedding> session() {
        return encoder.encode(texts);
    }

    @Benchmark
    public List<List<Embedding>> pool() {
        return pool.encode(List.of(encoder), texts);
    }
}
