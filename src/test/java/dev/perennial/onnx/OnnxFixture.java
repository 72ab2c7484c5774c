// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Encoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The runtime and the shipped encoders, opened once for a test class and unpacked once for a build. */
final class OnnxFixture {
    static final Path MODELS = Path.of(System.getProperty("perennial.test.models", "target/models"));
    private static final OnnxRuntime RUNTIME = OnnxRuntime.start(
            OnnxSettings.defaults().on(ExecutionProvider.CPU, true).packing(MODELS));
    private static final OnnxRuntime ROUNDING = OnnxRuntime.start(OnnxSettings.defaults()
            .on(ExecutionProvider.CPU, true)
            .packing(MODELS)
            .rounding(OnnxSettings.Precisions.all(Precision.INT8)));
    private static final Map<Opened, Encoder> OPEN = new ConcurrentHashMap<>();

    private OnnxFixture() {}

    static OnnxRuntime runtime() {
        return RUNTIME;
    }

    static OnnxRuntime runtime(Precision precision) {
        return precision == Precision.INT8 ? ROUNDING : RUNTIME;
    }

    static BundledModels models() {
        return new BundledModels(MODELS);
    }

    private record Opened(String id, OnnxRuntime by) {}

    static Encoder encoder(String id) {
        return encoder(id, RUNTIME);
    }

    static Encoder encoder(String id, OnnxRuntime runtime) {
        return OPEN.computeIfAbsent(
                new Opened(id, runtime),
                opened -> models().open(runtime, List.of(id)).get(0));
    }

    static void closeEncoders() {
        OPEN.values().forEach(Encoder::close);
        OPEN.clear();
    }
}
