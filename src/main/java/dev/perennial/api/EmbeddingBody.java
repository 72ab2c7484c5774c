// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.JsonNode;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A request for embeddings, as OpenAI shapes it.
 *
 * @param model a member's id, or {@code ensemble}
 * @param input a string, or an array of strings
 * @param encodingFormat {@code float} or {@code base64}
 * @param dimensions how many leading components to keep
 * @param user taken for the sake of clients that send it; it has no effect
 */
@Schema(name = "EmbeddingRequest")
public record EmbeddingBody(
        @Schema(required = true, examples = "\"ensemble\"") @Nullable
        String model,

        @Schema(
                required = true,
                type = SchemaType.STRING,
                description = "A string, or an array of strings; at most the limit inputs")
        @Nullable
        JsonNode input,

        @Schema(
                enumeration = {"float", "base64"},
                defaultValue = "float")
        @Nullable
        String encodingFormat,

        @Schema(minimum = "1") @Nullable Integer dimensions,
        @Nullable String user) {}
