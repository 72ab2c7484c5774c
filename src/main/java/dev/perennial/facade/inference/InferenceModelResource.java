// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.inference;

import dev.perennial.api.Asking;
import dev.perennial.api.ClientWatch;
import dev.perennial.api.Replies;
import dev.perennial.api.Roles;
import dev.perennial.api.Serving;
import dev.perennial.api.ServingGate;
import dev.perennial.facade.FacadeExamples;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Models of the Open Inference Protocol: described, and asked. */
@Path("/v2/models/{model}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Façades")
public final class InferenceModelResource {
    private final ServingGate gate;
    private final Asking asking;
    private final InferenceAnswers answers;
    private final Replies replies;

    public InferenceModelResource(ServingGate gate, Asking asking, InferenceAnswers answers, Replies replies) {
        this.gate = gate;
        this.asking = asking;
        this.answers = answers;
        this.replies = replies;
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "What a model takes and gives (Open Inference Protocol)")
    @APIResponseSchema(InferenceBodies.Model.class)
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = InferenceDialect.Failure.class)))
    public Response metadata(@PathParam("model") String model) {
        return replies.ok(metadata(new InferenceModels.Named(model, null)));
    }

    @GET
    @Path("/ready")
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Whether a model answers (Open Inference Protocol)")
    @APIResponseSchema(InferenceBodies.ModelReady.class)
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = InferenceDialect.Failure.class)))
    public Response readiness(@PathParam("model") String model) {
        return replies.ok(readiness(new InferenceModels.Named(model, null)));
    }

    @POST
    @Path("/infer")
    @RolesAllowed(Roles.READER)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Has a model answer texts (Open Inference Protocol)")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = InferenceBodies.Request.class),
                            examples = @ExampleObject(name = "two texts", value = FacadeExamples.INFERENCE)))
    @APIResponseSchema(InferenceBodies.Reply.class)
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = InferenceDialect.Failure.class)))
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response infer(@PathParam("model") String model, @Context HttpHeaders headers, InputStream body) {
        return infer(new InferenceModels.Named(model, null), headers, body);
    }

    @GET
    @Path("/versions/{version}")
    @RolesAllowed(Roles.READER)
    @Operation(summary = "What a model takes and gives, of a version (Open Inference Protocol)")
    @APIResponseSchema(InferenceBodies.Model.class)
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = InferenceDialect.Failure.class)))
    public Response metadataOfVersion(@PathParam("model") String model, @PathParam("version") String version) {
        return replies.ok(metadata(new InferenceModels.Named(model, version)));
    }

    @GET
    @Path("/versions/{version}/ready")
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Whether a model answers, of a version (Open Inference Protocol)")
    @APIResponseSchema(InferenceBodies.ModelReady.class)
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = InferenceDialect.Failure.class)))
    public Response readinessOfVersion(@PathParam("model") String model, @PathParam("version") String version) {
        return replies.ok(readiness(new InferenceModels.Named(model, version)));
    }

    @POST
    @Path("/versions/{version}/infer")
    @RolesAllowed(Roles.READER)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Has a model answer texts, of a version (Open Inference Protocol)")
    @RequestBody(content = @Content(schema = @Schema(implementation = InferenceBodies.Request.class)))
    @APIResponseSchema(InferenceBodies.Reply.class)
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = InferenceDialect.Failure.class)))
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response inferOfVersion(
            @PathParam("model") String model,
            @PathParam("version") String version,
            @Context HttpHeaders headers,
            InputStream body) {
        return infer(new InferenceModels.Named(model, version), headers, body);
    }

    private InferenceModels.Asked found(InferenceModels.Named named) {
        return InferenceModels.find(gate.serving(), named.model(), named.version());
    }

    private InferenceBodies.Model metadata(InferenceModels.Named named) {
        return InferenceModels.metadata(named.model(), found(named));
    }

    private InferenceBodies.ModelReady readiness(InferenceModels.Named named) {
        InferenceModels.Asked unused = found(named);
        return new InferenceBodies.ModelReady(named.model(), true);
    }

    private Response infer(InferenceModels.Named named, HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        InferenceModels.Asked asked = found(named);
        InferenceBodies.Request sent = asking.read(headers, body, InferenceBodies.Request.class);
        InferenceAnswers.Question question = answers.read(named, asked, sent);
        Optional<TaskId> task = asked instanceof InferenceModels.Asked.OfTask ofTask
                ? Optional.of(ofTask.ensemble().task().id())
                : Optional.empty();
        return asking.admit(task, () -> answers.answer(serving, question));
    }
}
