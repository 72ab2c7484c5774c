// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How encoders are run.
 *
 * @param provider the wished hardware
 * @param required whether to refuse to start, instead of serving on the CPU, when the wish cannot be met
 * @param maxTokens upper bound of every encoder's window
 * @param tokensPerRun tokens, padding included, of one forward pass of several texts; a longer text runs alone
 * @param threadsPerRun threads that share one forward pass on the CPU, its caller among them
 * @param packed where graphs that need no padding are kept (see {@link PackedGraph}); without it, none are used, and
 *     nothing is rounded to bytes
 * @param precisions in which numbers encoders multiply
 */
public record OnnxSettings(
        ExecutionProvider provider,
        boolean required,
        int maxTokens,
        int tokensPerRun,
        int threadsPerRun,
        Optional<Path> packed,
        Precisions precisions) {
    private static final int SMALLEST_WINDOW = 8;

    /**
     * In which numbers encoders multiply.
     *
     * @param byId of some encoders
     * @param others of all others
     */
    public record Precisions(Map<String, Precision> byId, Precision others) {
        public Precisions {
            byId = Map.copyOf(byId);
        }

        /** All encoders alike. */
        public static Precisions all(Precision precision) {
            return new Precisions(Map.of(), precision);
        }

        Precision of(String id) {
            return byId.getOrDefault(id, others);
        }
    }

    public OnnxSettings {
        if (maxTokens < SMALLEST_WINDOW || tokensPerRun < 1 || threadsPerRun < 1) {
            throw new IllegalArgumentException(
                    "maxTokens must be at least " + SMALLEST_WINDOW + ", tokensPerRun and threadsPerRun at least 1");
        }
    }

    /**
     * 256 tokens read per text; runs of 128 tokens, which keep activations in the second-level cache, on their caller's
     * thread alone.
     */
    public static OnnxSettings defaults() {
        return new OnnxSettings(
                ExecutionProvider.AUTO, false, 256, 128, 1, Optional.empty(), Precisions.all(Precision.FP32));
    }

    public OnnxSettings on(ExecutionProvider wished, boolean isRequired) {
        return new OnnxSettings(wished, isRequired, maxTokens, tokensPerRun, threadsPerRun, packed, precisions);
    }

    public OnnxSettings reading(int tokens) {
        return new OnnxSettings(provider, required, tokens, tokensPerRun, threadsPerRun, packed, precisions);
    }

    /**
     * Lets so many threads share each run. They wait for one another actively while it lasts: faster where cores are
     * idle, slower where something else wants them.
     */
    public OnnxSettings sharing(int threads) {
        return new OnnxSettings(provider, required, maxTokens, tokensPerRun, threads, packed, precisions);
    }

    /** Packs texts without padding where the encoder allows it, and keeps what that takes in a directory. */
    public OnnxSettings packing(Path directory) {
        return new OnnxSettings(
                provider, required, maxTokens, tokensPerRun, threadsPerRun, Optional.of(directory), precisions);
    }

    /** Rounds packed encoders to bytes where that is wished and they allow it. */
    public OnnxSettings rounding(Precisions wished) {
        return new OnnxSettings(provider, required, maxTokens, tokensPerRun, threadsPerRun, packed, wished);
    }
}
