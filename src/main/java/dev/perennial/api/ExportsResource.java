// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refresh.ExportJob;
import dev.perennial.refresh.ExportKeeper;
import dev.perennial.refresh.Exports.Export;
import dev.perennial.refresh.Job;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

/** Tasks as files, by which another service gives the same answers. */
@Path("/v1/exports")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Operations")
public final class ExportsResource {
    private static final String PREFIX = "exp_";
    private static final String KEY = "Idempotency-Key";
    private static final int ACCEPTED = 202;

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;

    public ExportsResource(
            ServingGate gate, Limits limits, Bodies bodies, Replies replies, IdempotentRequests idempotentRequests) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
    }

    /**
     * What to export.
     *
     * @param tasks their ids; all tasks when left out
     */
    @Schema(name = "ExportOrder")
    public record ExportBody(@Nullable List<@Nullable String> tasks) {}

    /** One page of exports. */
    @Schema(name = "ExportPage")
    public record ExportPage(
            List<ExportView> items, @Nullable String nextCursor) {}

    /** What was removed. */
    @Schema(name = "RemovedExport")
    public record RemovedExport(String removed) {}

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Writes tasks into one file, by which another service gives the same answers",
            description = "A job; its result names the file, to be fetched at GET /v1/exports/{id} until it expires "
                    + "or something that it holds is erased here. The file holds definitions, policies and examples "
                    + "with their texts, those of a task that drifts in the order of teaching, examples in quarantine, "
                    + "suites, the names that clients gave to what serves, bounds of gates, keep_texts of the "
                    + "prediction log, the bar of an apprentice, and the digests of the members that answer. Equal "
                    + "tasks give equal bytes. Earlier revisions, candidates, reports, knowledge graphs and "
                    + "adaptations are not included (left_out in the manifest); the result and the manifest name those "
                    + "that the answers of a task follow from.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ExportBody.class),
                            examples = @ExampleObject(name = "all tasks", value = "{}")))
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @Parameter(name = KEY, in = ParameterIn.HEADER, description = "Repeats the reply, not the export")
    public Response make(@Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()));
        IdempotentRequests.Call call =
                new IdempotentRequests.Call(headers.getHeaderString(KEY), "POST /v1/exports", bytes);
        return replies.of(idempotentRequests.once(serving.store(), call, idempotency -> {
            List<TaskId> tasks = tasks(serving, bodies.json(bytes, ExportBody.class));
            serving.exchange().keeper().requireRoom();
            return accepted(serving, tasks, idempotency);
        }));
    }

    private Idempotency.Reply accepted(Serving serving, List<TaskId> tasks, Optional<Idempotency> idempotency) {
        Job accepted = serving.jobs()
                .accept(ExportJob.order(tasks), job -> idempotency.map(key -> new Idempotency.Entry(key, reply(job))));
        return reply(accepted);
    }

    private Idempotency.Reply reply(Job job) {
        return replies.keepable(ACCEPTED, JobView.of(job));
    }

    private static List<TaskId> tasks(Serving serving, ExportBody request) {
        if (request.tasks() == null) {
            return serving.store().tasks().stream()
                    .map(stored -> stored.task().id())
                    .toList();
        }
        if (request.tasks().isEmpty()) {
            throw new Refusal.Invalid("/tasks", "must name at least one task; leave it out to export all");
        }
        List<TaskId> tasks = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < request.tasks().size(); i++) {
            Optional<TaskId> task = Optional.ofNullable(request.tasks().get(i))
                    .filter(TaskId::isValid)
                    .map(TaskId::new)
                    .filter(id -> serving.store().task(id).isPresent());
            task.ifPresent(tasks::add);
            if (task.isEmpty()) {
                faults.add(new Fault("/tasks/" + i, "is not a task; GET /v1/tasks lists them"));
            }
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        return tasks.stream().distinct().toList();
    }

    @GET
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Lists the exported files, oldest first")
    @APIResponseSchema(ExportPage.class)
    public Response list(@QueryParam("limit") @Nullable String limit, @QueryParam("cursor") @Nullable String cursor) {
        ExportKeeper keeper = gate.serving().exchange().keeper();
        Page<Export> page = Page.ofAll(new Page.Asked(limit, cursor), limits.pageItems(), keeper.all(), Export::id);
        return replies.ok(page.map(export -> ExportView.of(export, keeper)));
    }

    @GET
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{export}")
    @Produces({MembersResource.ZIP, MediaType.APPLICATION_JSON})
    @Operation(
            summary = "Fetches an exported file, as it came",
            description = "It holds texts of clients. It is gone when it expires, when an example of its tasks is "
                    + "forgotten or replaced, and when one of them is removed.")
    @APIResponse(
            responseCode = "200",
            description = "The file",
            content =
                    @Content(
                            mediaType = MembersResource.ZIP,
                            schema = @Schema(type = SchemaType.STRING, format = "binary")))
    public Response fetch(@PathParam("export") String id) {
        ExportKeeper keeper = gate.serving().exchange().keeper();
        Export export = keeper.find(PathIds.opaque(PREFIX, id));
        return Response.ok(keeper.open(export), MembersResource.ZIP)
                .header("Content-Disposition", "attachment; filename=\"" + export.id() + ".zip\"")
                .build();
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{export}")
    @Operation(summary = "Removes an exported file")
    @APIResponseSchema(RemovedExport.class)
    public Response remove(@PathParam("export") String id) {
        String known = PathIds.opaque(PREFIX, id);
        gate.serving().exchange().keeper().remove(known);
        return replies.ok(new RemovedExport(known));
    }
}
