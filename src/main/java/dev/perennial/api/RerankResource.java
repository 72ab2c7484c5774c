// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.ensemble.VectorModel;
import dev.perennial.ensemble.VectorModels;
import dev.perennial.refusal.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Puts documents in the order of their relevance to a query, in the shape that Cohere's and Jina's clients speak. */
@Path("/v1/rerank")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Vectors")
public final class RerankResource {
    private static final String COHERES = "rerank-";
    private static final String JINAS = "jina-";

    private final ServingGate gate;
    private final Limits limits;
    private final Asking asking;
    private final RequestIds ids;

    public RerankResource(ServingGate gate, Limits limits, Asking asking, RequestIds ids) {
        this.ids = ids;
        this.gate = gate;
        this.limits = limits;
        this.asking = asking;
    }

    /**
     * What is to be put in order.
     *
     * @param model a member's id, or {@code ensemble}, which is the default
     * @param query the text that the documents are compared with
     * @param documents strings, or objects with the member {@code text}
     * @param topN how many results to give; all when absent
     * @param returnDocuments whether to repeat the documents in the results; what is left out means no, and yes with a
     *     model of Jina's
     * @param rankFields Cohere's; {@code text} alone, or left out
     * @param maxChunksPerDoc Cohere's; without effect
     * @param maxTokensPerDoc Cohere's; without effect
     * @param priority Cohere's; without effect
     * @param truncation Jina's; {@code false} refuses what is longer than a member can read
     * @param maxDocLength Jina's; without effect
     * @param returnEmbeddings Jina's; {@code false}, or left out
     */
    @Schema(name = "RerankRequest")
    public record RerankBody(
            @Nullable String model,
            @Schema(required = true) @Nullable String query,

            @Schema(required = true, implementation = Object[].class) @Nullable
            List<@Nullable JsonNode> documents,

            @Schema(minimum = "1") @Nullable Integer topN,
            @Nullable Boolean returnDocuments,
            @Nullable List<@Nullable String> rankFields,
            @Nullable Integer maxChunksPerDoc,
            @Nullable Integer maxTokensPerDoc,
            @Nullable Integer priority,
            @Nullable Boolean truncation,
            @Nullable Integer maxDocLength,
            @Nullable Boolean returnEmbeddings) {}

    /**
     * The order.
     *
     * @param type always {@code list}, as Jina has it
     * @param usage Jina's; tokens are not counted
     * @param meta Cohere's
     */
    @Schema(name = "Ranking")
    public record RankingView(
            String id,

            @JsonProperty("object") @Schema(examples = "\"list\"")
            String type,

            String model,
            List<Ranked> results,
            Usage usage,
            Meta meta) {}

    /** Always 0. */
    @Schema(name = "RankingUsage")
    public record Usage(long totalTokens) {}

    /** What Cohere's clients may read. */
    @Schema(name = "RankingMeta")
    public record Meta(ApiVersion apiVersion) {
        @Schema(name = "RankingApiVersion")
        public record ApiVersion(String version) {}
    }

    /**
     * One document.
     *
     * @param index its position in the request
     * @param relevanceScore in [0, 1]; results come with falling scores
     * @param truncated whether the document or the query was longer than a member can read
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RankedDocument")
    public record Ranked(
            int index,
            double relevanceScore,
            boolean truncated,

            @Schema(implementation = DocumentView.class) @Nullable
            Object document) {}

    /** A document, when it was asked to be repeated; an object comes back as it was sent. */
    @Schema(name = "RerankDocument")
    public record DocumentView(@Nullable String text) {}

    @POST
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Orders documents by their relevance to a query (Cohere's and Jina's shape)")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = RerankBody.class),
                            examples = @ExampleObject(name = "three documents", value = VectorExamples.RERANK)))
    @APIResponseSchema(RankingView.class)
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response rank(@Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        RerankBody request = asking.read(headers, body, RerankBody.class);
        requireOffered(request);
        List<String> texts = queryAndDocuments(request);
        VectorModel model = model(serving, request.model());
        return asking.admit(() -> new RankingView(
                ids.next("rr_"),
                "list",
                model.id(),
                ranked(request, Relevance.of(serving, model, texts)),
                new Usage(0),
                new Meta(new Meta.ApiVersion("1"))));
    }

    private static void requireOffered(RerankBody request) {
        if (request.topN() != null && request.topN() < 1) {
            throw new Refusal.Invalid("/top_n", "must be at least 1");
        }
        if (request.rankFields() != null && !request.rankFields().equals(List.of("text"))) {
            throw new Refusal.Invalid("/rank_fields", "documents are ranked by their text; leave it out");
        }
        if (Boolean.TRUE.equals(request.returnEmbeddings())) {
            throw new Refusal.Invalid("/return_embeddings", "is not offered; ask POST /v1/embeddings");
        }
    }

    /** Models of those that this takes the place of stand for all members together. */
    private static VectorModel model(Serving serving, @Nullable String name) {
        String id = MemberIds.inBody("/model", Objects.requireNonNullElse(name, VectorModels.ENSEMBLE));
        boolean isVendors = id.startsWith(COHERES) || id.startsWith(JINAS);
        boolean isMembers = serving.encoders().find(id).isPresent();
        return serving.vectors().model(isVendors && !isMembers ? VectorModels.ENSEMBLE : id);
    }

    private static List<Ranked> ranked(RerankBody request, List<Relevance> order) {
        List<@Nullable JsonNode> documents = Objects.requireNonNullElse(request.documents(), List.of());
        boolean isJinas = request.model() != null && request.model().startsWith(JINAS);
        boolean repeat = Objects.requireNonNullElse(request.returnDocuments(), isJinas);
        if (Boolean.FALSE.equals(request.truncation()) && order.stream().anyMatch(Relevance::truncated)) {
            throw new Refusal.Invalid("/truncation", "a document is longer than a member can read; leave it out");
        }
        return order.stream()
                .limit(request.topN() == null ? order.size() : request.topN())
                .map(one -> new Ranked(
                        one.index(),
                        Math.max(0, one.score()),
                        one.truncated(),
                        repeat ? document(documents.get(one.index())) : null))
                .toList();
    }

    private static @Nullable Object document(@Nullable JsonNode sent) {
        return sent != null && sent.isTextual() ? new DocumentView(sent.textValue()) : sent;
    }

    private List<String> queryAndDocuments(RerankBody request) {
        TextChecks checks = new TextChecks(limits.textChars());
        List<String> texts = new ArrayList<>();
        texts.add(checks.text("/query", request.query()));
        texts.addAll(new TextNodes(limits)
                .documents(Objects.requireNonNullElse(request.documents(), List.of()), "/documents", checks));
        checks.requireNone();
        return texts;
    }
}
