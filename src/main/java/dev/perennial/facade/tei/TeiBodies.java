// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.tei;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Requests and replies of text-embeddings-inference. */
public final class TeiBodies {
    private TeiBodies() {}

    /**
     * Texts to embed.
     *
     * @param inputs a text, or an array of texts
     * @param truncate false refuses what is longer than a member can read
     * @param truncationDirection right alone
     * @param promptName refused: members put their own prefix before each text
     * @param normalize true alone: vectors are of unit length
     * @param dimensions how many leading components to keep
     */
    @Schema(name = "TeiEmbedRequest")
    public record Embed(
            @Schema(required = true, implementation = String[].class) @Nullable
            JsonNode inputs,

            @Nullable Boolean truncate,

            @Schema(enumeration = {"right", "Right"}) @Nullable
            String truncationDirection,

            @Nullable String promptName,
            @Nullable Boolean normalize,
            @Schema(minimum = "1") @Nullable Integer dimensions) {}

    /**
     * What a task is asked.
     *
     * @param inputs a text, an array of the two texts of a pair, or an array of such arrays
     * @param rawScores false alone: there are only probabilities
     */
    @Schema(name = "TeiPredictRequest")
    public record Predict(
            @Schema(required = true, implementation = String[].class) @Nullable
            JsonNode inputs,

            @Nullable Boolean truncate,

            @Schema(enumeration = {"right", "Right"}) @Nullable
            String truncationDirection,

            @Nullable Boolean rawScores) {}

    /** A label and its probability. */
    @Schema(name = "TeiPrediction")
    public record Prediction(double score, String label) {}

    /**
     * Texts to be put in order.
     *
     * @param rawScores without effect: scores are similarities in either case
     */
    @Schema(name = "TeiRerankRequest")
    public record Rerank(
            @Schema(required = true) @Nullable String query,

            @Schema(required = true, implementation = String[].class) @Nullable
            JsonNode texts,

            @Nullable Boolean truncate,

            @Schema(enumeration = {"right", "Right"}) @Nullable
            String truncationDirection,

            @Nullable Boolean rawScores,
            @Nullable Boolean returnText) {}

    /** One of them. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "TeiRank")
    public record Rank(int index, @Nullable String text, double score) {}

    /** A sentence and what it is compared with. */
    @Schema(name = "TeiSimilarityRequest")
    public record Similarity(
            @Schema(required = true) @Nullable Sentences inputs,
            @Nullable Parameters parameters) {}

    @Schema(name = "TeiSentences")
    public record Sentences(
            @Schema(required = true) @Nullable String sourceSentence,

            @Schema(required = true, implementation = String[].class) @Nullable
            JsonNode sentences) {}

    @Schema(name = "TeiSimilarityParameters")
    public record Parameters(
            @Nullable Boolean truncate,

            @Schema(enumeration = {"right", "Right"}) @Nullable
            String truncationDirection,

            @Nullable String promptName) {}

    /**
     * What answers.
     *
     * @param modelSha always null
     * @param maxInputLength tokens that every member reads of a text
     * @param maxBatchRequests always null
     * @param sha always null
     * @param dockerLabel always null
     */
    @Schema(name = "TeiInfo")
    public record Info(
            String modelId,
            @Nullable String modelSha,
            String modelDtype,
            String servedModelName,
            ModelType modelType,
            int maxConcurrentRequests,
            int maxInputLength,
            long maxBatchTokens,
            @Nullable Integer maxBatchRequests,
            int maxClientBatchSize,
            boolean autoTruncate,
            int tokenizationWorkers,
            String version,
            @Nullable String sha,
            @Nullable String dockerLabel) {}

    @Schema(name = "TeiModelType")
    public record ModelType(EmbeddingModel embedding) {}

    @Schema(name = "TeiEmbeddingModel")
    public record EmbeddingModel(String pooling) {}
}
