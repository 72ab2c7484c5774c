// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.evaluate.RevisionGate;
import dev.perennial.learn.TaskRevisions;
import dev.perennial.learn.Teacher;
import dev.perennial.refusal.Refusal;
import dev.perennial.revision.AliasChange;
import dev.perennial.revision.RevisionStore;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
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

/** Names of revisions. The one that is called {@code serving} answers. */
@Path("/v1/tasks/{task}/aliases")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Revisions")
public final class AliasesResource {
    private static final String PATTERN = "[a-z0-9][a-z0-9-]{0,62}";

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final GateRequests gates;

    public AliasesResource(ServingGate gate, Limits limits, Bodies bodies, Replies replies, GateRequests gates) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.gates = gates;
    }

    /**
     * What a name is to name.
     *
     * @param revision {@code rev_...}, or another alias
     * @param anyhow for {@code serving}: also when answers will be others than those that the revision gave
     * @param gate for {@code serving}: only if it is worse in nothing that the task's suite asks
     */
    @Schema(name = "AliasBody")
    public record AliasBody(
            @Schema(required = true) @Nullable String revision,
            @Nullable Boolean anyhow,
            @Nullable Boolean gate) {}

    /** A name and what it names. */
    @Schema(name = "Alias")
    public record AliasView(String alias, String revision) {}

    /** All names of a task. */
    @Schema(name = "AliasList")
    public record AliasList(List<AliasView> items) {}

    /**
     * What naming did.
     *
     * @param alias the name
     * @param revision what it names now
     * @param taskRevision the last change of the task
     * @param differences why answers are others than those that the revision asked for gave; empty when they are not
     * @param gate what the gate said, when it was asked
     */
    @Schema(name = "AliasReply")
    public record AliasReply(
            String alias,
            String revision,
            String taskRevision,
            List<String> differences,
            @Nullable GateView gate) {}

    /** One change of a name; without revision it names nothing any more. */
    @Schema(name = "AliasChange")
    public record AliasChangeView(
            String id, String alias, @Nullable String revision, Instant changedAt) {}

    /** One page of changes of a name. */
    @Schema(name = "AliasChangePage")
    public record AliasChangePage(
            List<AliasChangeView> items, @Nullable String nextCursor) {}

    /** What removing a name did. */
    @Schema(name = "AliasRemoved")
    public record AliasRemoved(String removed) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Lists the names of a task's revisions, serving among them")
    @APIResponseSchema(AliasList.class)
    public Response list(@PathParam("task") String task) {
        Map<String, RevisionId> aliases = names(gate.serving(), task).aliases();
        return replies.ok(new AliasList(aliases.entrySet().stream()
                .map(entry -> new AliasView(entry.getKey(), entry.getValue().toString()))
                .toList()));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{alias}")
    @Operation(summary = "What a name names", description = "The ETag is the revision that it names.")
    @APIResponseSchema(AliasView.class)
    @APIResponse(responseCode = "304", description = "If-None-Match names the present ETag")
    public Response get(
            @PathParam("task") String task, @PathParam("alias") String alias, @Context HttpHeaders headers) {
        String name = name(alias);
        RevisionId revision = Optional.ofNullable(
                        names(gate.serving(), task).aliases().get(name))
                .orElseThrow(() -> new Refusal.NotFound("alias", name));
        return EntityTags.isKnown(headers, revision)
                ? Response.notModified()
                        .header(HttpHeaders.ETAG, EntityTags.of(revision))
                        .build()
                : reply(new AliasView(name, revision.toString()), revision);
    }

    private Response reply(Object body, RevisionId revision) {
        return replies.of(200, body)
                .header(HttpHeaders.ETAG, EntityTags.of(revision))
                .build();
    }

    /** Checks what the client expects the name to name. */
    private static void require(Wish wish) {
        EntityTags.require(
                wish.headers().getHeaderString(HttpHeaders.IF_MATCH),
                wish.headers().getHeaderString(HttpHeaders.IF_NONE_MATCH),
                Optional.ofNullable(
                        new RevisionNames(wish.serving(), wish.task()).aliases().get(wish.alias())));
    }

    /** A request about a name. */
    private record Wish(Serving serving, TaskId task, String alias, HttpHeaders headers) {}

    @PUT
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{alias}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Names a revision; naming it serving promotes it or rolls back to it",
            description = "A task goes back to an earlier revision, or forth to a later one, without a gap in its "
                    + "answers, which are the same as when it served and name it. What was taught since is set aside "
                    + "and not lost: going to a revision that has it brings it back. Teaching goes on from what serves. "
                    + "What was erased stays erased; where answers would be others for that, or because other members "
                    + "answer now, the request is refused (409) unless it says anyhow, and then a new revision serves. With "
                    + "gate it is refused as well when the revision is worse in anything that the suite asks, compared with what "
                    + "serves at that moment: when a teaching comes in between it is compared again, once. "
                    + "If-Match names the revision that the name must name now; If-None-Match: * names only what "
                    + "is no name yet.")
    @APIResponseSchema(AliasReply.class)
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = AliasBody.class),
                            examples = @ExampleObject(name = "what serves", value = Examples.ALIAS)))
    public Response put(
            @PathParam("task") String task,
            @Parameter(schema = @Schema(pattern = PATTERN)) @PathParam("alias") String alias,
            @Context HttpHeaders headers,
            InputStream body) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        if (!TaskId.isValid(alias)) {
            throw new Refusal.Invalid("", "the alias in the path must match " + PATTERN);
        }
        RevisionNames names = new RevisionNames(serving, id);
        AliasBody wish =
                bodies.json(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()), AliasBody.class);
        if (wish.revision() == null) {
            throw new Refusal.Invalid("/revision", "is missing: a revision of the task, rev_ and 16 digits");
        }
        RevisionId revision = names.find(wish.revision())
                .orElseThrow(() -> new Refusal.Invalid(
                        "/revision", "is no revision of this task and no alias; GET …/revisions lists them"));
        if (!alias.equals(RevisionNames.SERVING) && (wish.gate() != null || wish.anyhow() != null)) {
            throw new Refusal.Invalid("", "gate and anyhow are for the alias serving; other names decide no answer");
        }
        Wish named = new Wish(serving, id, alias, headers);
        // Before anything is asked or waited for.
        require(named);
        AliasReply done = alias.equals(RevisionNames.SERVING) ? serve(named, revision, wish) : name(named, revision);
        return reply(done, RevisionId.parse(done.revision()).orElseThrow());
    }

    private AliasReply serve(Wish named, RevisionId revision, AliasBody wish) {
        boolean anyhow = Boolean.TRUE.equals(wish.anyhow());
        if (!Boolean.TRUE.equals(wish.gate())) {
            return done(named, promoted(named, revision, anyhow), null);
        }
        RevisionGate.Decided<TaskRevisions.Promoted> decided =
                gates.promote(named.serving(), named.task(), revision, () -> promoted(named, revision, anyhow));
        return done(named, decided.promotion().orElseThrow(), GateView.of(decided.report()));
    }

    private static TaskRevisions.Promoted promoted(Wish named, RevisionId revision, boolean anyhow) {
        Teacher teacher = named.serving().teacher();
        return teacher.alone(named.task(), () -> {
            require(named);
            return teacher.revisions().promote(named.task(), revision, anyhow);
        });
    }

    private static AliasReply done(Wish named, TaskRevisions.Promoted promoted, @Nullable GateView gate) {
        named.serving().shadows().promotedByHand(named.task());
        return new AliasReply(
                RevisionNames.SERVING,
                promoted.serving().toString(),
                promoted.task().revision().toString(),
                promoted.differences(),
                gate);
    }

    private AliasReply name(Wish named, RevisionId revision) {
        Serving serving = named.serving();
        TaskId id = named.task();
        String alias = named.alias();
        return serving.teacher().alone(id, () -> {
            require(named);
            Map<String, RevisionId> present = store(serving).aliases(id);
            if (!present.containsKey(alias) && present.size() >= limits.aliases()) {
                throw new Refusal.TooLarge("aliases", limits.aliases(), present.size() + 1L);
            }
            AliasChange change = store(serving).alias(id, alias, Optional.of(revision));
            return new AliasReply(
                    change.alias(),
                    revision.toString(),
                    serving.stored(id).revision().toString(),
                    List.of(),
                    null);
        });
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{alias}")
    @Operation(
            summary = "Removes a name; the revision stays. What serves cannot be removed",
            description = "If-Match names the revision that the name must name now.")
    @APIResponseSchema(AliasRemoved.class)
    public Response remove(
            @PathParam("task") String task, @PathParam("alias") String alias, @Context HttpHeaders headers) {
        Serving serving = gate.serving();
        String name = name(alias);
        TaskId id = PathIds.task(task);
        if (name.equals(RevisionNames.SERVING)) {
            throw new Refusal.Conflict("Something must answer: have serving name another revision instead.");
        }
        return replies.ok(serving.teacher().alone(id, () -> {
            require(new Wish(serving, id, name, headers));
            if (!names(serving, task).aliases().containsKey(name)) {
                throw new Refusal.NotFound("alias", name);
            }
            store(serving).alias(id, name, Optional.empty());
            return new AliasRemoved(name);
        }));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{alias}/history")
    @Operation(
            summary = "What a name has named, latest first",
            description = "That of serving holds what was promoted and gone back to, not what teaching led to.")
    @APIResponseSchema(AliasChangePage.class)
    public Response history(
            @PathParam("task") String task,
            @PathParam("alias") String alias,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        Serving serving = gate.serving();
        String name = name(alias);
        RevisionNames unused = names(serving, task);
        Page<AliasChange> page = Page.of(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                (after, items) -> store(serving).history(PathIds.task(task), name, number(after), items),
                change -> AliasChangeId.of(change.number()));
        return replies.ok(page.map(change -> new AliasChangeView(
                AliasChangeId.of(change.number()),
                change.alias(),
                change.revision().map(RevisionId::toString).orElse(null),
                change.changedAt())));
    }

    private static long number(String after) {
        return after.isEmpty() ? Long.MAX_VALUE : AliasChangeId.parse(after);
    }

    private static RevisionNames names(Serving serving, String task) {
        return new RevisionNames(serving, PathIds.task(task));
    }

    private static String name(String alias) {
        if (!TaskId.isValid(alias)) {
            throw new NotFoundException();
        }
        return alias;
    }

    private static RevisionStore store(Serving serving) {
        return serving.teacher().revisions().store();
    }
}
