// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.evaluate.GateReport;
import dev.perennial.learn.RevisionDiff;
import dev.perennial.learn.TaskRevisions;
import dev.perennial.refusal.Refusal;
import dev.perennial.revision.Revision;
import dev.perennial.revision.RevisionStore;
import dev.perennial.revision.Served;
import dev.perennial.task.Idempotency;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
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
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The history of a task. */
@Path("/v1/tasks/{task}/revisions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Revisions")
public final class RevisionsResource {
    private static final RevisionId END = new RevisionId(Long.MAX_VALUE);

    private static final String KEY = "Idempotency-Key";
    private static final int OK = 200;

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;
    private final GateRequests gates;

    public RevisionsResource(
            ServingGate gate,
            Limits limits,
            Bodies bodies,
            Replies replies,
            IdempotentRequests idempotentRequests,
            GateRequests gates) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
        this.gates = gates;
    }

    /** One page of revisions. */
    @Schema(name = "RevisionPage")
    public record RevisionPage(
            List<RevisionView> items, @Nullable String nextCursor) {}

    /**
     * What a revision comes to when it is made anew.
     *
     * @param revision which one
     * @param digest what answered by it
     * @param rebuiltDigest what would answer now
     * @param same whether answers would be those that it gave
     * @param differences why not
     */
    @Schema(name = "Rebuilt")
    public record RebuiltView(
            String revision, @Nullable String digest, String rebuiltDigest, boolean same, List<String> differences) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "Lists the revisions of a task, latest first",
            description = "Every change of what a task answers makes one. A task that was removed has no history, and "
                    + "one of the same name begins its own.")
    @APIResponseSchema(RevisionPage.class)
    public Response list(
            @PathParam("task") String task,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        RevisionNames names = new RevisionNames(serving, id);
        Page<Revision> page = Page.of(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                (after, items) ->
                        store(serving).page(id, RevisionId.parse(after).orElse(END), items),
                revision -> revision.id().toString());
        return replies.ok(page.map(revision -> view(serving, names, revision)));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{revision}")
    @Operation(summary = "A revision, by its id or by an alias: what made it, and what answered by it")
    @APIResponseSchema(RevisionView.class)
    public Response get(@PathParam("task") String task, @PathParam("revision") String revision) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        RevisionNames names = new RevisionNames(serving, id);
        RevisionId named = names.require(revision);
        return replies.ok(view(
                serving,
                names,
                store(serving).find(id, named).orElseThrow(() -> new Refusal.NotFound("revision", named.toString()))));
    }

    @POST
    @RolesAllowed(Roles.TEACHER)
    @Path("/{revision}/rebuilds")
    @Operation(
            summary = "Makes a revision anew from what is stored, and compares it with what answered by it",
            description = "Changes nothing. Takes as long as learning the task, which waits meanwhile.")
    @APIResponseSchema(RebuiltView.class)
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EmptyBody.class)))
    public Response rebuild(
            @PathParam("task") String task,
            @PathParam("revision") String revision,
            @Context HttpHeaders headers,
            InputStream body) {
        Serving serving = gate.serving();
        byte[] unused = bodies.requireEmpty(headers, body, limit());
        TaskId id = PathIds.task(task);
        RevisionId named = new RevisionNames(serving, id).require(revision);
        TaskRevisions.Rebuilt rebuilt = serving.teacher().revisions().rebuild(id, named);
        return replies.ok(new RebuiltView(
                named.toString(),
                rebuilt.then().map(Served::digest).orElse(null),
                rebuilt.now().digest(),
                rebuilt.isSame(),
                rebuilt.differences()));
    }

    @POST
    @RolesAllowed(Roles.TEACHER)
    @Path("/{revision}/gates")
    @Operation(
            summary = "Tells whether a revision may serve in the place of what serves, by the suite of the task",
            description =
                    "Changes nothing; the report is kept. A revision passes if it is worse in nothing: accuracy (McNemar's "
                            + "exact test), recall of each label, calibration, coverage of label sets, cost of errors, slices "
                            + "by length and script, held-out answers to what was taught last, latency and memory; of scores, "
                            + "error and rank correlation. GET …/gate says by how much it may be. Takes as long as learning "
                            + "the task twice.")
    @Parameter(name = KEY, in = ParameterIn.HEADER, description = "Repeats the reply, not the comparison")
    @APIResponseSchema(GateView.class)
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EmptyBody.class)))
    public Response gate(
            @PathParam("task") String task,
            @PathParam("revision") String revision,
            @Context HttpHeaders headers,
            InputStream body) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        byte[] bytes = bodies.requireEmpty(headers, body, limit());
        IdempotentRequests.Call call = new IdempotentRequests.Call(
                headers.getHeaderString(KEY), "POST /v1/tasks/" + id + "/revisions/" + revision + "/gates", bytes);
        return replies.of(idempotentRequests.once(serving.store(), call, idempotency -> {
            RevisionId named = new RevisionNames(serving, id).require(revision);
            GateReport report = gates.judge(serving, id, named);
            Idempotency.Reply reply = replies.keepable(OK, GateView.of(report));
            idempotency.ifPresent(key -> serving.store().keepReply(key, reply));
            return reply;
        }));
    }

    private Bodies.Limit limit() {
        return new Bodies.Limit("body_bytes", limits.bodyBytes());
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{revision}/diff/{other}")
    @Operation(
            summary = "How a revision differs from another one: examples, settings, members, answers",
            description =
                    "From the first to the second. An example is the same where the same was taught. What is no "
                            + "example of the task now, as those of a candidate, is not found by its id under "
                            + "…/examples, unless a revision that has it is promoted. Answers are compared about texts "
                            + "that either was taught; example_id names an example of the task where there is one. Lists hold the first ones, at most limit; their totals count all.")
    @APIResponseSchema(DiffView.class)
    public Response diff(
            @PathParam("task") String task,
            @PathParam("revision") String revision,
            @PathParam("other") String other,
            @QueryParam("limit") @Nullable String limit) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        RevisionNames names = new RevisionNames(serving, id);
        RevisionId from = names.require(revision);
        RevisionId to = names.require(other);
        int most = new Page.Asked(limit, null).items(limits.pageItems());
        RevisionDiff diff = serving.teacher().revisions().diff(id, from, to, limits.inputs());
        return replies.ok(DiffView.of(from, to, diff, most));
    }

    private static RevisionView view(Serving serving, RevisionNames names, Revision revision) {
        return RevisionView.of(
                revision,
                names.isServing(revision.id()),
                names.of(revision.id()),
                serving.teacher().revisions().missing(revision));
    }

    private static RevisionStore store(Serving serving) {
        return serving.teacher().revisions().store();
    }
}
