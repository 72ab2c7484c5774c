// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Takes corrections and confirmations of answers. */
@Path("/v1/tasks/{task}/feedback")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Predictions")
public final class FeedbackResource {
    private final ServingGate gate;
    private final Feedback feedback;

    public FeedbackResource(ServingGate gate, Feedback feedback) {
        this.gate = gate;
        this.feedback = feedback;
    }

    @POST
    @RolesAllowed(Roles.TEACHER)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Teaches the right answer to a text",
            description = "Names an earlier answer by its id, or the text itself, or both: what is known of an answer "
                    + "after a restart, or when the memory of the process has no room for it any more, is its "
                    + "fingerprint, unless its task keeps texts. The correction replaces the "
                    + "earlier one of the same text, and outweighs the examples that say otherwise, which stay. The "
                    + "external_id of its example begins with correction:. A score counts as wrong when it is further off "
                    + "than a tenth of the range.")
    @Parameter(name = "Idempotency-Key", in = ParameterIn.HEADER, description = "Repeats the reply, not the teaching")
    @APIResponseSchema(Feedback.FeedbackView.class)
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = FeedbackBody.class),
                            examples = @ExampleObject(name = "by text", value = Examples.FEEDBACK)))
    public Response give(@PathParam("task") String task, @Context HttpHeaders headers, InputStream body) {
        return feedback.answer(gate.serving(), PathIds.task(task), headers, body);
    }
}
