// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Policy;
import dev.perennial.task.StoredTask;
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
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How a task trades answering against being wrong. */
@Path("/v1/tasks/{task}/policy")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Tasks")
public final class PolicyResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;

    public PolicyResource(ServingGate gate, Limits limits, Bodies bodies, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
    }

    /** A policy and the revision that it belongs to. */
    @Schema(name = "PolicyReply")
    public record PolicyReply(
            String revision, @JsonUnwrapped PolicyView policy) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "The policy of a task")
    @APIResponseSchema(PolicyReply.class)
    @APIResponse(responseCode = "304", description = "If-None-Match names the present ETag")
    public Response get(@PathParam("task") String task, @Context HttpHeaders headers) {
        TaskId id = PathIds.task(task);
        StoredTask stored = gate.serving().store().task(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
        return EntityTags.isKnown(headers, stored.revision()) ? TasksResource.notModified(stored) : reply(stored);
    }

    @PUT
    @RolesAllowed(Roles.TEACHER)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Replaces the policy of a task; the next answers follow it")
    @APIResponseSchema(PolicyReply.class)
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = PolicyBody.class),
                            examples = @ExampleObject(name = "defaults", value = Examples.POLICY)))
    public Response set(@PathParam("task") String task, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        serving.stored(id);
        PolicyBody policy =
                bodies.json(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()), PolicyBody.class);
        Policy wished = Policies.read(policy, limits);
        return reply(serving.teacher().alone(id, () -> {
            TaskRequests.require(headers, serving.store().task(id));
            serving.active().find(id).ifPresent(serves -> Policies.requireKnown(wished, serves.labels()));
            return serving.teacher().setPolicy(id, wished).task();
        }));
    }

    private Response reply(StoredTask stored) {
        PolicyView policy = PolicyView.of(stored.task().policy());
        return replies.of(200, new PolicyReply(stored.revision().toString(), policy))
                .header(HttpHeaders.ETAG, EntityTags.of(stored.revision()))
                .build();
    }
}
