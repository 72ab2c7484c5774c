// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
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
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Tasks: defined, listed, replaced, removed. */
@Path("/v1/tasks")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Tasks")
public final class TasksResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final TaskRequests requests;

    public TasksResource(ServingGate gate, Limits limits, Bodies bodies, Replies replies, TaskRequests requests) {
        this.requests = requests;
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
    }

    /** One page of tasks. */
    @Schema(name = "TaskPage")
    public record TaskPage(List<TaskView> items, @Nullable String nextCursor) {}

    /** What a removal did. */
    public record Removed(String revision, String removed) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Lists the tasks, in the order of their ids")
    @APIResponseSchema(TaskPage.class)
    public Response list(@QueryParam("limit") @Nullable String limit, @QueryParam("cursor") @Nullable String cursor) {
        Serving serving = gate.serving();
        Page<StoredTask> page = Page.of(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                serving.store()::tasks,
                stored -> stored.task().id().value());
        return replies.ok(page.map(stored -> view(serving, stored)));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{task}")
    @Operation(summary = "A task: its definition, policy, revision and number of examples")
    @APIResponseSchema(TaskView.class)
    @APIResponse(responseCode = "304", description = "If-None-Match names the present ETag")
    public Response get(@PathParam("task") String task, @Context HttpHeaders headers) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        StoredTask stored = stored(serving, id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
        return EntityTags.isKnown(headers, stored.revision()) ? notModified(stored) : reply(200, serving, stored);
    }

    @PUT
    @RolesAllowed(Roles.TEACHER)
    @Path("/{task}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Defines a task, or replaces its definition",
            description = "Examples and policy stay. If-Match names the revision to be replaced; "
                    + "If-None-Match: * creates only.")
    @APIResponse(
            responseCode = "201",
            description = "Created",
            content = @Content(schema = @Schema(implementation = TaskView.class)))
    @APIResponse(
            responseCode = "200",
            description = "Replaced",
            content = @Content(schema = @Schema(implementation = TaskView.class)))
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TaskBody.class),
                            examples = {
                                @ExampleObject(name = "classification", value = Examples.CLASSIFICATION),
                                @ExampleObject(name = "regression over pairs", value = Examples.REGRESSION)
                            }))
    public Response define(
            @Parameter(schema = @Schema(pattern = "[a-z0-9][a-z0-9-]{0,62}")) @PathParam("task") String name,
            @Context HttpHeaders headers,
            InputStream body) {
        Serving serving = gate.serving();
        if (!TaskId.isValid(name)) {
            throw new Refusal.Invalid("", "the task's id in the path must match [a-z0-9][a-z0-9-]{0,62}");
        }
        TaskId id = new TaskId(name);
        TaskBody definition =
                bodies.json(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()), TaskBody.class);
        TaskStore.Defined defined = requests.define(serving, new TaskRequests.Wish(id, definition, headers));
        return reply(defined.created() ? 201 : 200, serving, defined.task());
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{task}")
    @Operation(summary = "Removes a task, its examples and their vectors for good")
    @APIResponseSchema(Removed.class)
    public Response remove(@PathParam("task") String task, @Context HttpHeaders headers) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        return replies.ok(new Removed(requests.remove(serving, id, headers), id.value()));
    }

    static Response notModified(StoredTask stored) {
        return Response.notModified()
                .header(HttpHeaders.ETAG, EntityTags.of(stored.revision()))
                .build();
    }

    private Response reply(int status, Serving serving, StoredTask stored) {
        return replies.of(status, view(serving, stored))
                .header(HttpHeaders.ETAG, EntityTags.of(stored.revision()))
                .build();
    }

    private static Optional<StoredTask> stored(Serving serving, TaskId id) {
        return serving.store().task(id);
    }

    private static TaskView view(Serving serving, StoredTask stored) {
        TaskId id = stored.task().id();
        return TaskView.of(stored, serving.labels(id), serving.precisions(id));
    }
}
