// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.evaluate.Gate;
import dev.perennial.learn.RevisionDiff;
import dev.perennial.learn.TaskRevisions;
import dev.perennial.refusal.Refusal;
import dev.perennial.revision.Revision;
import dev.perennial.revision.RevisionStore;
import dev.perennial.revision.Served;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The history of a task. */
@Path("/v1/tasks/{task}/revisions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Revisions")
public final class RevisionsResource {
    private static final RevisionId END = new RevisionId(Long.MAX_VALUE);

    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;

    public RevisionsResource(ServingGate gate, Limits limits, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
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
        return replies.ok(page.map(revision -> view(names, revision)));
    }

    @GET
    @Path("/{revision}")
    @Operation(summary = "A revision, by its id or by an alias: what made it, and what answered by it")
    @APIResponseSchema(RevisionView.class)
    public Response get(@PathParam("task") String task, @PathParam("revision") String revision) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        RevisionNames names = new RevisionNames(serving, id);
        RevisionId named = names.require(revision);
        return replies.ok(view(
                names,
                store(serving).find(id, named).orElseThrow(() -> new Refusal.NotFound("revision", named.toString()))));
    }

    @POST
    @Path("/{revision}/rebuilds")
    @Operation(
            summary = "Makes a revision anew from what is stored, and compares it with what answered by it",
            description = "Changes nothing. Takes as long as learning the task, which waits meanwhile.")
    @APIResponseSchema(RebuiltView.class)
    public Response rebuild(@PathParam("task") String task, @PathParam("revision") String revision) {
        Serving serving = gate.serving();
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
    @Path("/{revision}/gates")
    @Operation(
            summary = "Tells whether a revision may serve in the place of what serves, by the suite of the task",
            description =
                    "Changes nothing. A revision passes if it is worse in nothing: accuracy (McNemar's test), recall "
                            + "of each label with 30 rows, calibration, coverage of label sets, cost of errors.")
    @APIResponseSchema(GateView.class)
    public Response gate(@PathParam("task") String task, @PathParam("revision") String revision) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        return replies.ok(judged(serving, id, new RevisionNames(serving, id).require(revision)));
    }

    /**
     * Whether a revision may serve.
     *
     * @throws Refusal.NotFound when the task has no suite
     */
    static GateView judged(Serving serving, TaskId id, RevisionId revision) {
        Ensemble present = serving.active().of(id);
        Ensemble candidate = serving.teacher().revisions().of(id, revision);
        Gate.Verdict verdict = serving.evaluations().judge(present, candidate, new Gate(Gate.Bounds.DEFAULT));
        return GateView.of(present.answerRevision(), revision, verdict);
    }

    @GET
    @Path("/{revision}/diff/{other}")
    @Operation(
            summary = "How a revision differs from another one: examples, settings, members, answers",
            description =
                    "From the first to the second. Answers are compared about texts that either was taught. Lists "
                            + "hold the first ones, at most limit; their totals count all.")
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

    private static RevisionView view(RevisionNames names, Revision revision) {
        return RevisionView.of(revision, names.isServing(revision.id()), names.of(revision.id()));
    }

    private static RevisionStore store(Serving serving) {
        return serving.teacher().revisions().store();
    }
}
