// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.ensemble.Similarity;
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
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
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
    private final ServingGate gate;
    private final Limits limits;
    private final Asking asking;

    public RerankResource(ServingGate gate, Limits limits, Asking asking) {
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
     * @param returnDocuments whether to repeat the documents in the results
     */
    @Schema(name = "RerankRequest")
    public record RerankBody(
            @Nullable String model,
            @Schema(required = true) @Nullable String query,

            @Schema(required = true, implementation = Object[].class) @Nullable
            List<@Nullable JsonNode> documents,

            @Schema(minimum = "1") @Nullable Integer topN,
            @Nullable Boolean returnDocuments) {}

    /** The order. */
    @Schema(name = "Ranking")
    public record RankingView(String model, List<Ranked> results) {}

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
            @Nullable DocumentView document) {}

    /** A document, when it was asked to be repeated. */
    @Schema(name = "RerankDocument")
    public record DocumentView(String text) {}

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
        List<String> texts = queryAndDocuments(request);
        if (request.topN() != null && request.topN() < 1) {
            throw new Refusal.Invalid("/top_n", "must be at least 1");
        }
        String id = Objects.requireNonNullElse(request.model(), VectorModels.ENSEMBLE);
        VectorModel model = serving.vectors().model(MemberIds.inBody("/model", id));
        return asking.admit(() -> new RankingView(
                model.id(), ranked(request, texts, serving.vectors().similaritiesToFirst(model, texts))));
    }

    private static List<Ranked> ranked(RerankBody request, List<String> texts, List<Similarity> found) {
        boolean repeat = Boolean.TRUE.equals(request.returnDocuments());
        return IntStream.range(0, found.size())
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -found.get(i).score())
                        .thenComparing(i -> i))
                .limit(request.topN() == null ? found.size() : request.topN())
                .map(i -> new Ranked(
                        i,
                        Math.max(0, found.get(i).score()),
                        found.get(i).truncated(),
                        repeat ? new DocumentView(texts.get(i + 1)) : null))
                .toList();
    }

    private List<String> queryAndDocuments(RerankBody request) {
        TextChecks checks = new TextChecks(limits.textChars());
        List<String> texts = new ArrayList<>();
        texts.add(checks.text("/query", request.query()));
        List<@Nullable JsonNode> documents = Objects.requireNonNullElse(request.documents(), List.of());
        if (documents.isEmpty()) {
            checks.fault("/documents", "must be an array of at least one document");
        }
        EmbeddingsResource.requireCount("inputs", limits.inputs(), documents.size());
        for (int i = 0; i < documents.size(); i++) {
            texts.add(document(documents.get(i), "/documents/" + i, checks));
        }
        checks.requireNone();
        return texts;
    }

    private static String document(@Nullable JsonNode document, String pointer, TextChecks checks) {
        if (document != null && document.isTextual()) {
            return checks.text(pointer, document.textValue());
        }
        if (document != null
                && document.isObject()
                && document.size() == 1
                && document.path("text").isTextual()) {
            return checks.text(pointer + "/text", document.path("text").textValue());
        }
        checks.fault(pointer, "must be a string, or an object with the one member text");
        return "";
    }
}
