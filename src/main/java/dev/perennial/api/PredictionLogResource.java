// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What is kept of a task's answers, so that feedback can refer to them. */
@Path("/v1/tasks/{task}/prediction-log")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Predictions")
public final class PredictionLogResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;

    public PredictionLogResource(ServingGate gate, Limits limits, Bodies bodies, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
    }

    /**
     * What is to be kept.
     *
     * @param keepTexts whether texts are kept with answers; when not, those that were are erased
     */
    @Schema(name = "PredictionLogSettings")
    public record SettingsBody(@Nullable Boolean keepTexts) {}

    /**
     * What is kept of a task's answers.
     *
     * @param task its name
     * @param keepTexts whether texts are kept with answers, or only their fingerprints
     * @param seconds how long feedback can refer to an answer, as far as there is room
     */
    @Schema(name = "PredictionLog")
    public record LogView(String task, boolean keepTexts, long seconds) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Whether texts are kept with a task's answers, and how long feedback can refer to one")
    @APIResponseSchema(LogView.class)
    public Response get(@PathParam("task") String task) {
        Serving serving = gate.serving();
        return reply(serving, serving.stored(PathIds.task(task)).task().id());
    }

    @PUT
    @RolesAllowed(Roles.OPERATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Has texts kept with a task's answers, or not",
            description =
                    "Without texts, which is how a task begins, an answer is kept as the SHA-256 of its text, its "
                            + "probabilities and the vector of the cheapest member, rounded to bytes; feedback to it sends the "
                            + "text along when it is older than the memory of the process. Texts that were kept are erased when "
                            + "they are not to be any more.")
    @APIResponseSchema(LogView.class)
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = SettingsBody.class),
                            examples = @ExampleObject(name = "the default", value = Examples.PREDICTION_LOG)))
    public Response set(@PathParam("task") String task, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        serving.stored(id);
        Boolean wanted = bodies.json(
                        headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()), SettingsBody.class)
                .keepTexts();
        if (wanted == null) {
            throw new Refusal.Invalid("/keep_texts", "must be true or false");
        }
        serving.hindsight().log().keepTexts(id, wanted);
        return reply(serving, id);
    }

    private Response reply(Serving serving, TaskId id) {
        return replies.ok(new LogView(
                id.value(),
                serving.hindsight().log().keepsTexts(id),
                serving.hindsight().log().age().toSeconds()));
    }
}
