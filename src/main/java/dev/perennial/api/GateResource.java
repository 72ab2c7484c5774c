// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.evaluate.GateBound;
import dev.perennial.evaluate.GateBounds;
import dev.perennial.evaluate.GateStore;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
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
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How much worse a candidate of a task may be than what serves. */
@Path("/v1/tasks/{task}/gate")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Revisions")
public final class GateResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;

    public GateResource(ServingGate gate, Limits limits, Bodies bodies, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
    }

    /**
     * The bounds of a task.
     *
     * @param task whose
     * @param own names of those that were set
     * @param bounds what holds
     * @param defaults what holds of what was not set
     */
    @Schema(name = "GateReply")
    record GateReply(String task, List<String> own, GateBoundsView bounds, GateBoundsView defaults) {

        static GateReply of(TaskId task, GateBounds bounds) {
            return new GateReply(
                    task.value(),
                    bounds.own().keySet().stream().sorted().map(GateBound::key).toList(),
                    GateBoundsView.of(bounds),
                    GateBoundsView.of(GateBounds.DEFAULT));
        }
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "How much worse a candidate of the task may be than what serves, and the defaults of that")
    @APIResponseSchema(GateReply.class)
    public Response get(@PathParam("task") String task) {
        Serving serving = gate.serving();
        TaskId id = serving.stored(PathIds.task(task)).task().id();
        return replies.ok(GateReply.of(id, bounds(serving).bounds(id)));
    }

    @PUT
    @RolesAllowed(Roles.OPERATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Sets how much worse a candidate of the task may be; what is left out takes its default",
            description = "The gate asks the suite of the task, and is asked by POST …/revisions/{revision}/gates, by "
                    + "naming a revision serving with gate: true, and by every job that wants to have something it has "
                    + "learnt serve. It counts from the next time it is asked.")
    @APIResponseSchema(GateReply.class)
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = GateBody.class),
                            examples =
                                    @ExampleObject(
                                            name = "stricter in labels, laxer in time",
                                            value = EvaluationExamples.GATE)))
    public Response put(@PathParam("task") String task, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        TaskId id = serving.stored(PathIds.task(task)).task().id();
        GateBounds wished = bodies.json(
                        headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()), GateBody.class)
                .bounds();
        return set(serving, id, wished);
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Takes back what was set: the defaults hold again")
    @APIResponseSchema(GateReply.class)
    public Response reset(@PathParam("task") String task) {
        Serving serving = gate.serving();
        return set(serving, serving.stored(PathIds.task(task)).task().id(), GateBounds.DEFAULT);
    }

    private Response set(Serving serving, TaskId id, GateBounds wished) {
        boolean unused = bounds(serving).setBounds(id, wished);
        return replies.ok(GateReply.of(id, wished));
    }

    private static GateStore bounds(Serving serving) {
        return serving.evaluations().gatekeeper().bounds();
    }
}
