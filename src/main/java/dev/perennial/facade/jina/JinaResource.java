// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.jina;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.api.LabelledTexts;
import dev.perennial.api.Replies;
import dev.perennial.api.Roles;
import dev.perennial.api.ServingGate;
import dev.perennial.facade.FacadeExamples;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
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
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What Jina calls classifiers, each of which is a task: taught, listed, removed. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Façades")
public final class JinaResource {
    private final ServingGate gate;
    private final JinaTraining training;
    private final Replies replies;

    public JinaResource(ServingGate gate, JinaTraining training, Replies replies) {
        this.gate = gate;
        this.training = training;
        this.replies = replies;
    }

    /**
     * What is to be taught.
     *
     * @param model Jina's; without effect, as every member of the service learns
     * @param classifierId the task that is taught; a new one is defined without it
     * @param access {@code public} or {@code private}; without effect, as keys say who may ask
     * @param input objects with text and label, at most 512
     * @param numIters without effect, as nothing is learnt in steps
     */
    @Schema(name = "JinaTraining")
    public record TrainBody(
            @Nullable String model,
            @Nullable String classifierId,

            @Schema(enumeration = {"public", "private"}) @Nullable
            String access,

            @Schema(required = true, type = SchemaType.ARRAY, implementation = LabelledTexts.Row.class) @Nullable
            JsonNode input,

            @Schema(minimum = "1") @Nullable Integer numIters) {}

    @POST
    @Path("/train")
    @RolesAllowed(Roles.TEACHER)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Teaches a task labelled texts, a new one or one that there is (Jina's shape)",
            description = "When the reply comes, the examples are stored and every answer from now on knows them. "
                    + "All are taught, or none is.")
    @Parameter(name = "Idempotency-Key", in = ParameterIn.HEADER, description = "Repetitions get the first reply")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = TrainBody.class),
                            examples = @ExampleObject(name = "Jina's own", value = FacadeExamples.JINA_TRAIN)))
    @APIResponseSchema(JinaTraining.Trained.class)
    @APIResponse(
            responseCode = "default",
            description = "A failure in Jina's words",
            content = @Content(schema = @Schema(implementation = JinaDialect.Failure.class)))
    public Response train(@Context HttpHeaders headers, InputStream body) {
        return replies.of(training.train(gate.serving(), headers, body));
    }

    @GET
    @Path("/classifiers")
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Lists the tasks that POST /v1/train has made (Jina's shape)")
    @APIResponse(
            responseCode = "200",
            description = "OK",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = JinaTraining.Summary.class)))
    @APIResponse(
            responseCode = "default",
            description = "A failure in Jina's words",
            content = @Content(schema = @Schema(implementation = JinaDialect.Failure.class)))
    public Response list() {
        List<JinaTraining.Summary> all = training.list(gate.serving());
        return replies.ok(all);
    }

    @DELETE
    @Path("/classifiers/{classifier_id}")
    @RolesAllowed(Roles.TEACHER)
    @Operation(summary = "Removes a task that POST /v1/train has made, with all it was taught (Jina's shape)")
    @APIResponseSchema(JinaTraining.Removed.class)
    @APIResponse(
            responseCode = "default",
            description = "A failure in Jina's words",
            content = @Content(schema = @Schema(implementation = JinaDialect.Failure.class)))
    public Response remove(@PathParam("classifier_id") String id, @Context HttpHeaders headers) {
        return replies.ok(training.remove(gate.serving(), id, headers));
    }
}
