// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.tei;

import dev.perennial.api.Asking;
import dev.perennial.api.ClientWatch;
import dev.perennial.api.Relevance;
import dev.perennial.api.Roles;
import dev.perennial.api.Serving;
import dev.perennial.api.ServingGate;
import dev.perennial.facade.FacadeExamples;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The routes of text-embeddings-inference: embed, predict, rerank, compare. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Façades")
public final class TeiResource {
    private final ServingGate gate;
    private final Asking asking;
    private final TeiAnswers answers;

    public TeiResource(ServingGate gate, Asking asking, TeiAnswers answers) {
        this.gate = gate;
        this.asking = asking;
        this.answers = answers;
    }

    @POST
    @Path("embed")
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Embeds texts (text-embeddings-inference's shape)")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = TeiBodies.Embed.class),
                            examples = @ExampleObject(name = "its own", value = FacadeExamples.TEI_EMBED)))
    @APIResponse(
            responseCode = "200",
            description = "A vector for each text",
            content = @Content(schema = @Schema(implementation = float[][].class)))
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = TeiDialect.Failure.class)))
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response embed(@Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        TeiBodies.Embed request = asking.read(headers, body, TeiBodies.Embed.class);
        if (TeiRequests.isEmpty(request.inputs())) {
            return answers.nothingIn("inputs");
        }
        TeiAnswers.Wanted embedding = answers.embedding(serving, request);
        return asking.admit(() -> answers.vectors(serving, embedding));
    }

    @POST
    @Path("predict")
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "Has a task answer texts (text-embeddings-inference's shape)",
            description = "Asked is the task of the query, or else that of perennial.tei.task.")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = TeiBodies.Predict.class),
                            examples = @ExampleObject(name = "its own", value = FacadeExamples.TEI_PREDICT)))
    @APIResponse(
            responseCode = "200",
            description = "All labels, the most probable first; of several inputs, an array of such arrays",
            content = @Content(schema = @Schema(implementation = TeiBodies.Prediction[].class)))
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = TeiDialect.Failure.class)))
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response predict(
            @Parameter(description = "The task that is asked") @QueryParam("task") @Nullable String task,
            @Context HttpHeaders headers,
            InputStream body) {
        Serving serving = gate.serving();
        TeiBodies.Predict request = asking.read(headers, body, TeiBodies.Predict.class);
        if (TeiRequests.isEmpty(request.inputs())) {
            return answers.nothingIn("inputs");
        }
        TeiAnswers.Question question = answers.question(serving, task, request);
        return asking.admit(Optional.of(question.task()), () -> answers.predictions(serving, question));
    }

    @POST
    @Path("rerank")
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Orders texts by their relevance to a query (text-embeddings-inference's shape)")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = TeiBodies.Rerank.class),
                            examples = @ExampleObject(name = "its own", value = FacadeExamples.TEI_RERANK)))
    @APIResponse(
            responseCode = "200",
            description = "The most relevant text first",
            content = @Content(schema = @Schema(implementation = TeiBodies.Rank[].class)))
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = TeiDialect.Failure.class)))
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response rerank(@Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        TeiBodies.Rerank request = asking.read(headers, body, TeiBodies.Rerank.class);
        if (TeiRequests.isEmpty(request.texts())) {
            return answers.nothingIn("texts");
        }
        List<String> texts = answers.queryAndTexts(request);
        return asking.admit(() -> {
            List<Relevance> order = answers.relevance(serving, texts);
            TeiRequests.requireWhole(request.truncate(), order.stream().anyMatch(Relevance::truncated), "/texts");
            boolean repeat = Boolean.TRUE.equals(request.returnText());
            return order.stream()
                    .map(one ->
                            new TeiBodies.Rank(one.index(), repeat ? texts.get(one.index() + 1) : null, one.score()))
                    .toList();
        });
    }

    @POST
    @Path("similarity")
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Says how similar sentences are to another one (text-embeddings-inference's shape)")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = TeiBodies.Similarity.class),
                            examples = @ExampleObject(name = "its own", value = FacadeExamples.TEI_SIMILARITY)))
    @APIResponse(
            responseCode = "200",
            description = "A score for each sentence, in their order",
            content = @Content(schema = @Schema(implementation = double[].class)))
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = TeiDialect.Failure.class)))
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response similarity(@Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        TeiBodies.Similarity request = asking.read(headers, body, TeiBodies.Similarity.class);
        if (request.inputs() != null && TeiRequests.isEmpty(request.inputs().sentences())) {
            return answers.nothingIn("inputs.sentences");
        }
        List<String> texts = answers.sourceAndSentences(request);
        @Nullable
        Boolean truncate =
                request.parameters() == null ? null : request.parameters().truncate();
        return asking.admit(() -> answers.scores(serving, texts, truncate));
    }
}
