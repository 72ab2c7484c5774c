// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.EncoderInfo.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeptGraphsTest {
    private static final byte[] GRAPH = {1, 2, 3};

    @TempDir
    private Path directory;

    private final ModelFolder model = weightsIn("m.onnx");

    private static ModelFolder weightsIn(String file) {
        return new ModelFolder("m", Path.of(file), Path.of("t.json"), "aa", "bb", Pooling.MEAN, "", 64, "fp32", 1);
    }

    private Path file() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    void find_givesWhatWasKept_alsoThatNothingWasFound() {
        KeptGraphs graphs = new KeptGraphs(directory);
        assertThat(graphs.find(model)).isEmpty();
        graphs.keep(model, GRAPH);
        assertThat(graphs.find(model)).contains(GRAPH);
        graphs.keep(model, new byte[0]);
        assertThat(graphs.find(model)).contains(new byte[0]);
        assertThat(directory).isDirectoryContaining(path -> path.toString().endsWith(".packed"));
    }

    @Test
    void find_ofTheSameWeightsInAnotherFile_isEmpty() {
        KeptGraphs graphs = new KeptGraphs(directory);
        graphs.keep(model, GRAPH);
        assertThat(graphs.find(weightsIn("other.onnx"))).isEmpty();
        assertThat(graphs.find(weightsIn("m.onnx"))).contains(GRAPH);
    }

    @Test
    void find_ofAFileThatWasCutOrChanged_isEmpty() throws IOException {
        KeptGraphs graphs = new KeptGraphs(directory);
        graphs.keep(model, GRAPH);
        byte[] bytes = Files.readAllBytes(file());
        for (int length = 0; length < bytes.length; length++) {
            Files.write(file(), Arrays.copyOf(bytes, length));
            assertThat(graphs.find(model)).as("%d bytes", length).isEmpty();
        }
        bytes[bytes.length - 1]++;
        Files.write(file(), bytes);
        assertThat(graphs.find(model)).isEmpty();
    }

    @Test
    void keep_whereNothingCanBeWritten_isForgotten() throws IOException {
        Path notADirectory = Files.writeString(directory.resolve("file"), "x");
        KeptGraphs graphs = new KeptGraphs(notADirectory);
        graphs.keep(model, GRAPH);
        assertThat(graphs.find(model)).isEmpty();
    }
}
