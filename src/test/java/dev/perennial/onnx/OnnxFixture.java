// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Encoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The runtime and the shipped encoders, opened once for a test class and unpacked once for a build. */
final class OnnxFixture {
    private static final Path MODELS = Path.of(System.getProperty("perennial.test.models", "target/models"));
    private static final OnnxRuntime RUNTIME = OnnxRuntime.start(
            OnnxSettings.defaults().on(ExecutionProvider.CPU, true).packing(MODELS));
    private static final Map<String, Encoder> OPEN = new ConcurrentHashMap<>();

    private OnnxFixture() {}

    static OnnxRuntime runtime() {
        return RUNTIME;
    }

    static BundledModels models() {
        return new BundledModels(MODELS);
    }

    static Encoder encoder(String id) {
        return OPEN.computeIfAbsent(
                id, open -> models().open(RUNTIME, List.of(open)).get(0));
    }

    static void closeEncoders() {
        OPEN.values().forEach(Encoder::close);
        OPEN.clear();
    }
}
