// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.tei;

import dev.perennial.api.Limits;
import dev.perennial.api.Replies;
import dev.perennial.api.Roles;
import dev.perennial.api.ServingGate;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.ensemble.VectorModel;
import dev.perennial.facade.FacadeSettings;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What text-embeddings-inference's clients ask of the server itself, and the routes that it has and this has not. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Façades")
public final class TeiServerResource {
    /** With which the protocol answers what its model cannot. */
    private static final int FAILED_DEPENDENCY = 424;

    private static final int UNHEALTHY = 503;
    private static final int RETRY_AFTER_SECONDS = 2;

    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;
    private final FacadeSettings settings;

    public TeiServerResource(ServingGate gate, Limits limits, Replies replies, FacadeSettings settings) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
        this.settings = settings;
    }

    @GET
    @Path("info")
    @RolesAllowed(Roles.READER)
    @Operation(summary = "What embeds (text-embeddings-inference's shape)")
    @APIResponseSchema(TeiBodies.Info.class)
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = TeiDialect.Failure.class)))
    public Response info() {
        VectorModel model = gate.serving().vectors().model(settings.teiModel());
        int window = model.encoders().stream()
                .mapToInt(encoder -> encoder.info().maxTokens())
                .min()
                .orElse(0);
        boolean cls = !model.encoders().isEmpty()
                && model.encoders().stream().allMatch(encoder -> encoder.info().pooling() == EncoderInfo.Pooling.CLS);
        return replies.ok(new TeiBodies.Info(
                model.id(),
                null,
                "float32",
                model.id(),
                new TeiBodies.ModelType(new TeiBodies.EmbeddingModel(cls ? "cls" : "mean")),
                limits.concurrentPredictions(),
                window,
                (long) window * limits.inputs(),
                null,
                limits.inputs(),
                true,
                1,
                settings.version(),
                null,
                null));
    }

    @GET
    @Path("health")
    @PermitAll
    @Operation(summary = "Whether requests are answered (text-embeddings-inference's shape)")
    @APIResponse(responseCode = "200", description = "They are")
    @APIResponse(
            responseCode = "default",
            description = "They are not",
            content = @Content(schema = @Schema(implementation = TeiDialect.Failure.class)))
    public Response health() {
        return gate.ofDefault().isOpen()
                ? Response.ok().build()
                : replies.of(UNHEALTHY, new TeiDialect.Failure("starting or stopping", TeiDialect.Sort.UNHEALTHY))
                        .header("Retry-After", RETRY_AFTER_SECONDS)
                        .build();
    }

    @POST
    @Path("embed_all")
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Not offered: vectors of single tokens (text-embeddings-inference)")
    @APIResponse(
            responseCode = "424",
            description = "Always",
            content = @Content(schema = @Schema(implementation = TeiDialect.Failure.class)))
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = TeiDialect.Failure.class)))
    public Response embedAll() {
        return notOffered("vectors of single tokens are not offered; ask /embed");
    }

    @POST
    @Path("embed_sparse")
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Not offered: sparse vectors (text-embeddings-inference)")
    @APIResponse(
            responseCode = "424",
            description = "Always",
            content = @Content(schema = @Schema(implementation = TeiDialect.Failure.class)))
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = TeiDialect.Failure.class)))
    public Response embedSparse() {
        return notOffered("sparse vectors are not offered; ask /embed");
    }

    @POST
    @Path("tokenize")
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Not offered: tokens (text-embeddings-inference)")
    @APIResponse(
            responseCode = "424",
            description = "Always",
            content = @Content(schema = @Schema(implementation = TeiDialect.Failure.class)))
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = TeiDialect.Failure.class)))
    public Response tokenize() {
        return notOffered("tokens are not told, as several members read a text, each with its own");
    }

    private Response notOffered(String why) {
        return replies.of(FAILED_DEPENDENCY, new TeiDialect.Failure(why, TeiDialect.Sort.BACKEND))
                .build();
    }
}
