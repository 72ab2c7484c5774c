// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a text costs before any model runs: its word pieces, and its vector by the static table, word pieces included.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TextBench {
    private static final Path MODELS = Path.of("target/models");
    private static final int WINDOW = 256;
    private static final String SENTENCE = "When will my new card arrive, and can I track it? ";

    /** Copies of a sentence of thirteen pieces. */
    @Param({"1", "9"})
    public int sentences;

    private Passage text = Passage.of("");
    private Encoder table;
    private PassageTokenizer tokenizer;

    @Setup
    public void open() throws IOException {
        text = Passage.of(SENTENCE.repeat(sentences));
        BundledModels models = new BundledModels(MODELS);
        OnnxRuntime runtime = OnnxRuntime.start(OnnxSettings.defaults().on(ExecutionProvider.CPU, true));
        table = models.open(runtime, List.of(StaticEncoder.ID)).get(0);
        ModelFolder folder = models.folders().get(0);
        tokenizer = PassageTokenizer.open(folder.tokenizer(), folder.prefix(), WINDOW);
    }

    @Benchmark
    public int wordPieces() {
        return tokenizer.tokenize(text).length();
    }

    @Benchmark
    public Embedding staticTable() {
        return table.encode(List.of(text)).get(0);
    }
}
