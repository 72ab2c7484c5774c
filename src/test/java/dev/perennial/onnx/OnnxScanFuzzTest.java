// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** The scan of a stranger's ONNX file: what it lets pass has no data outside, no subgraph and no function. */
final class OnnxScanFuzzTest {
    @TempDir
    private static Path directory;

    static Stream<byte[]> seeds() {
        return Stream.of(
                TinyModel.model().toByteArray(),
                TinyModel.model(graph -> graph.addInitializer(TensorProto.newBuilder()
                                .setName("w")
                                .addDims(2)
                                .setDataType(TensorProto.DataType.INT8_VALUE)))
                        .toByteArray());
    }

    @MethodSource("seeds")
    @FuzzTest
    void aModel_isReadOrRefused(byte[] input) throws Exception {
        Path file = Files.write(directory.resolve("model.onnx"), input);
        Optional<OnnxScan.Weights> weights = valueOrRefusal(() -> OnnxScan.scan(file));
        if (weights.isPresent()) {
            require(weights.get().parameters() >= 0, "weights without a number");
            OnnxScan.parse(file).getGraph().getInitializerList().forEach(weight -> {
                require(weight.getDataLocation() == TensorProto.DataLocation.DEFAULT, "a weight outside the file");
                require(weight.getExternalDataCount() == 0, "a weight outside the file");
            });
        }
    }

    @Test
    void someModels_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aModel_isReadOrRefused);
    }
}
