// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Embeddings, as OpenAI shapes them. */
@Schema(name = "EmbeddingList")
public record EmbeddingList(
        @JsonProperty("object") @Schema(examples = "\"list\"")
        String type,

        List<Item> data,
        String model,
        Usage usage) {

    /**
     * One embedding.
     *
     * @param embedding an array of numbers, or base64 of little-endian 32-bit floats
     * @param truncated whether the text was longer than a member can read
     */
    @Schema(name = "Embedding")
    public record Item(
            @JsonProperty("object") @Schema(examples = "\"embedding\"")
            String type,

            int index,
            Object embedding,
            boolean truncated) {}

    /** Tokens that were read. */
    @Schema(name = "Usage")
    public record Usage(long promptTokens, long totalTokens) {}
}
