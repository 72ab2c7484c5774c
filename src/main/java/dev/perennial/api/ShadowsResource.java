// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.revision.RevisionStore;
import dev.perennial.shadow.ShadowCourse;
import dev.perennial.shadow.Shadows;
import dev.perennial.task.Idempotency;
import dev.perennial.task.RevisionId;
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
import java.util.List;
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
import org.jspecify.annotations.Nullable;

/** Candidates that answer beside what serves. */
@Path("/v1/tasks/{task}/shadows")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Revisions")
public final class ShadowsResource {
    static final String PREFIX = "sh_";
    private static final String KEY = "Idempotency-Key";
    private static final int CREATED = 201;

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;

    public ShadowsResource(
            ServingGate gate, Limits limits, Bodies bodies, Replies replies, IdempotentRequests idempotentRequests) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
    }

    /** One page of shadows. */
    @Schema(name = "ShadowPage")
    record ShadowPage(List<ShadowView> items, @Nullable String nextCursor) {}

    /** The latest inputs that were answered differently, latest first. */
    @Schema(name = "ShadowDifferenceList")
    record DifferenceList(List<DifferenceView> items) {}

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Has a candidate answer beside what serves",
            description =
                    "A share of the inputs is answered by both, in the background: no answer waits for it, and what "
                            + "is too much is dropped and counted. With canary, a share is answered by the candidate alone, and "
                            + "names its revision; which, is chosen by the content, so that the same text is always answered by "
                            + "the same side, and never for requests with min_revision. By a rule the candidate is promoted as "
                            + "by the alias serving; what was taught since it was made is then set aside, as it is there. Teaching "
                            + "what serves does not end it. It ends when a revision is promoted by hand, when the candidate cannot "
                            + "be what it was any more, because something of it was erased or other members answer, and with the "
                            + "task. One of a task runs at a time.")
    @Parameter(name = KEY, in = ParameterIn.HEADER, description = "Repeats the reply, and begins nothing")
    @APIResponse(
            responseCode = "201",
            description = "Begun",
            content = @Content(schema = @Schema(implementation = ShadowView.class)))
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ShadowBody.class),
                            examples = @ExampleObject(name = "with a rule", value = ShadowExamples.SHADOW)))
    public Response begin(@PathParam("task") String task, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        TaskId id = serving.stored(PathIds.task(task)).task().id();
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()));
        IdempotentRequests.Call call =
                new IdempotentRequests.Call(headers.getHeaderString(KEY), "POST /v1/tasks/" + id + "/shadows", bytes);
        return replies.of(idempotentRequests.once(serving.store(), call, idempotency -> {
            ShadowCourse begun = serving.shadows()
                    .begin(
                            wish(serving, id, bodies.json(bytes, ShadowBody.class)),
                            course -> idempotency.map(key -> new Idempotency.Entry(key, reply(course))));
            return reply(begun);
        }));
    }

    private Shadows.Wish wish(Serving serving, TaskId task, ShadowBody body) {
        String named = body.revision() == null ? RevisionStore.CANDIDATE : body.revision();
        RevisionId candidate = new RevisionNames(serving, task)
                .find(named)
                .orElseThrow(
                        () -> new Refusal.Invalid(
                                "/revision",
                                "is no revision of this task and no alias; POST …/candidates makes one that is called candidate"));
        return new Shadows.Wish(task, candidate, body.traffic(), body.rule(), limits.shadows());
    }

    private Idempotency.Reply reply(ShadowCourse begun) {
        return replies.keepable(CREATED, ShadowView.of(begun, true));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Lists the shadows of a task, latest first; of those that have ended, the last 100")
    @APIResponseSchema(ShadowPage.class)
    public Response list(
            @PathParam("task") String task,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        Serving serving = gate.serving();
        TaskId id = serving.stored(PathIds.task(task)).task().id();
        Page<ShadowCourse> page = Page.of(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                (before, items) -> serving.shadows().page(id, before, items),
                course -> course.shadow().id());
        return replies.ok(page.map(course -> view(serving, course)));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{shadow}")
    @Operation(summary = "How a candidate answers beside what serves")
    @APIResponseSchema(ShadowView.class)
    public Response get(@PathParam("task") String task, @PathParam("shadow") String shadow) {
        Serving serving = gate.serving();
        return replies.ok(view(serving, found(serving, task, shadow)));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{shadow}/differences")
    @Operation(
            summary = "The latest inputs that a candidate answered differently, latest first",
            description = "At most 200 of a shadow that runs, in memory: a restart forgets them. They hold no text; by "
                    + "the id of the prediction, whoever asked knows what was asked.")
    @APIResponseSchema(DifferenceList.class)
    public Response differences(@PathParam("task") String task, @PathParam("shadow") String shadow) {
        Serving serving = gate.serving();
        ShadowCourse course = found(serving, task, shadow);
        return replies.ok(
                new DifferenceList(serving
                        .shadows()
                        .differences(course.shadow().task(), course.shadow().id())
                        .stream()
                        .map(DifferenceView::of)
                        .toList()));
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{shadow}")
    @Operation(summary = "Ends a shadow; what was counted stays, and the candidate as well")
    @APIResponseSchema(ShadowView.class)
    public Response end(@PathParam("task") String task, @PathParam("shadow") String shadow) {
        Serving serving = gate.serving();
        ShadowCourse course = found(serving, task, shadow);
        serving.shadows().end(course.shadow().task(), course.shadow().id());
        return replies.ok(view(serving, found(serving, task, shadow)));
    }

    private static ShadowCourse found(Serving serving, String task, String shadow) {
        TaskId id = serving.stored(PathIds.task(task)).task().id();
        String name = PathIds.opaque(PREFIX, shadow);
        return serving.shadows().find(id, name).orElseThrow(() -> new Refusal.NotFound("shadow", name));
    }

    private static ShadowView view(Serving serving, ShadowCourse course) {
        boolean ready = serving.shadows()
                .isReady(course.shadow().task(), course.shadow().id());
        return ShadowView.of(course, ready);
    }
}
