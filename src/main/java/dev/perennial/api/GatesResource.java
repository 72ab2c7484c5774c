// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.evaluate.ReportStore;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What gates have said about candidates of a task. */
@Path("/v1/tasks/{task}/gates")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Revisions")
public final class GatesResource {
    static final String MARKDOWN = "text/markdown";
    private static final String REPORT_ID = "gate_";

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;

    public GatesResource(ServingGate gate, Limits limits, Bodies bodies, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
    }

    /**
     * A report in a list.
     *
     * @param id {@code gate_...}
     * @param createdAt when it was made
     * @param cause what wanted the candidate to serve: {@code revision}, or the kind of a job
     * @param candidate a revision, or the job that made it
     * @param serving the revision that served
     * @param passed whether it might serve
     * @param failed names of the checks that it failed
     */
    @Schema(name = "GateItem")
    record ItemView(
            String id,
            Instant createdAt,
            String cause,
            String candidate,
            String serving,
            boolean passed,
            List<String> failed) {

        static ItemView of(ReportStore.Kept kept, JsonNode report) {
            return new ItemView(
                    kept.id(),
                    kept.createdAt(),
                    report.path("cause").asText(),
                    report.path("candidate").asText(),
                    report.path("serving").asText(),
                    report.path("passed").asBoolean(),
                    report.path("checks").findParents("name").stream()
                            .filter(check -> !check.path("passed").asBoolean())
                            .map(check -> check.path("name").asText())
                            .toList());
        }
    }

    /** One page of reports. */
    @Schema(name = "GatePage")
    record ReportPage(List<ItemView> items, @Nullable String nextCursor) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "Lists what gates have said about candidates of the task, oldest first",
            description = "The last reports are kept, gate_reports at most.")
    @APIResponseSchema(ReportPage.class)
    public Response list(
            @PathParam("task") String task,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        Serving serving = gate.serving();
        TaskId id = serving.stored(PathIds.task(task)).task().id();
        Page<ReportStore.Kept> page = Page.of(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                (after, items) -> reports(serving).reports(id, after, items),
                ReportStore.Kept::id);
        return replies.ok(page.map(kept -> ItemView.of(kept, read(kept))));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{gate}")
    @Produces({MediaType.APPLICATION_JSON, MARKDOWN})
    @Operation(summary = "What a gate has said; as a page for a person, where text/markdown is accepted")
    @APIResponse(
            responseCode = "200",
            description = "Found",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = GateView.class)),
                @Content(mediaType = MARKDOWN, schema = @Schema(implementation = String.class))
            })
    public Response get(
            @PathParam("task") String task, @PathParam("gate") String report, @Context HttpHeaders headers) {
        Serving serving = gate.serving();
        TaskId id = serving.stored(PathIds.task(task)).task().id();
        String name = PathIds.opaque(REPORT_ID, report);
        ReportStore.Kept kept =
                reports(serving).report(id, name).orElseThrow(() -> new Refusal.NotFound("gate report", name));
        return prefersPage(headers)
                ? Response.ok(GatePage.of(read(kept)), MARKDOWN + ";charset=UTF-8")
                        .build()
                : Response.ok(kept.report(), MediaType.APPLICATION_JSON).build();
    }

    private static boolean prefersPage(HttpHeaders headers) {
        for (MediaType accepted : headers.getAcceptableMediaTypes()) {
            if (accepted.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
                return false;
            }
            if (accepted.isCompatible(MediaType.valueOf(MARKDOWN))) {
                return true;
            }
        }
        return false;
    }

    private JsonNode read(ReportStore.Kept kept) {
        return bodies.json(kept.report().getBytes(StandardCharsets.UTF_8), JsonNode.class);
    }

    private static ReportStore reports(Serving serving) {
        return serving.evaluations().gatekeeper().reports();
    }
}
