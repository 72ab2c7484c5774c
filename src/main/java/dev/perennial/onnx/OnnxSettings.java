// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How encoders are run.
 *
 * @param provider the wished hardware
 * @param required whether to refuse to start, instead of serving on the CPU, when the wish cannot be met
 * @param maxTokens upper bound of every encoder's window
 * @param tokensPerRun tokens, padding included, of one forward pass of several texts; a longer text runs alone
 * @param packed where graphs that need no padding are kept (see {@link PackedGraph}); without it, none are used
 */
public record OnnxSettings(
        ExecutionProvider provider, boolean required, int maxTokens, int tokensPerRun, Optional<Path> packed) {
    private static final int SMALLEST_WINDOW = 8;

    public OnnxSettings {
        if (maxTokens < SMALLEST_WINDOW || tokensPerRun < 1) {
            throw new IllegalArgumentException(
                    "maxTokens must be at least " + SMALLEST_WINDOW + " and tokensPerRun at least 1");
        }
    }

    /** 256 tokens read per text; runs of 128 tokens, which keep activations in the second-level cache. */
    public static OnnxSettings defaults() {
        return new OnnxSettings(ExecutionProvider.AUTO, false, 256, 128, Optional.empty());
    }

    public OnnxSettings on(ExecutionProvider wished, boolean isRequired) {
        return new OnnxSettings(wished, isRequired, maxTokens, tokensPerRun, packed);
    }

    public OnnxSettings reading(int tokens) {
        return new OnnxSettings(provider, required, tokens, tokensPerRun, packed);
    }

    /** Packs texts without padding where the encoder allows it, and keeps what that takes in a directory. */
    public OnnxSettings packing(Path directory) {
        return new OnnxSettings(provider, required, maxTokens, tokensPerRun, Optional.of(directory));
    }
}
