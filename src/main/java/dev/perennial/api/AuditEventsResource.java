// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.AuditEvent;
import dev.perennial.task.AuditLog;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What was changed, when and by whom. */
@Path("/v1/audit-events")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Operations")
public final class AuditEventsResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;

    public AuditEventsResource(ServingGate gate, Limits limits, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
    }

    /** One page of events. */
    @Schema(name = "AuditEventPage")
    public record AuditEventPage(
            List<AuditEventView> items, @Nullable String nextCursor) {}

    @GET
    @RolesAllowed(Roles.OPERATOR)
    @Operation(
            summary = "Lists what was changed, when and by whom, oldest first",
            description = "Each event is written in the transaction of its change, so that nothing that was "
                    + "acknowledged lacks one and nothing that failed has one; what changes a member counts when its "
                    + "job has succeeded. Events hold ids and counts, no text of a client, and stay when their task is "
                    + "removed.")
    @APIResponseSchema(AuditEventPage.class)
    public Response list(
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor,
            @Parameter(description = "Only events of this task, which may be removed by now")
                    @QueryParam("task")
                    @Nullable
                    String task) {
        AuditLog log = gate.serving().audit();
        Optional<TaskId> of = task(task);
        Page<AuditEvent> page = Page.of(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                (after, items) -> log.events(after, items, of),
                AuditEvent::id);
        return replies.ok(page.map(AuditEventView::of));
    }

    private static Optional<TaskId> task(@Nullable String task) {
        if (task == null) {
            return Optional.empty();
        }
        if (!TaskId.isValid(task)) {
            throw new Refusal.Invalid("", "the query parameter task must match [a-z0-9][a-z0-9-]{0,62}");
        }
        return Optional.of(new TaskId(task));
    }
}
