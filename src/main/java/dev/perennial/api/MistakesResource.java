// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.feedback.Mistake;
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

/** Wrong answers that were corrected. */
@Path("/v1/mistakes")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Predictions")
public final class MistakesResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;

    public MistakesResource(ServingGate gate, Limits limits, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
    }

    /** One page of mistakes. */
    @Schema(name = "MistakePage")
    public record MistakePage(
            List<MistakeView> items, @Nullable String nextCursor) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "Wrong answers that were corrected, latest first",
            description =
                    "Each answer once. A mistake holds no text: that is in the example by which it was corrected. "
                            + "It goes when the task is removed, and when an example about the same text is erased; of a task "
                            + "the last 10,000 are kept.")
    @APIResponseSchema(MistakePage.class)
    public Response list(
            @Parameter(description = "Of this task alone") @QueryParam("task") @Nullable String task,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        Serving serving = gate.serving();
        Optional<TaskId> id = Optional.ofNullable(task).map(PathIds::task);
        id.ifPresent(serving::stored);
        Page<Mistake> page = Page.of(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                (after, items) -> serving.hindsight().book().mistakes(id, after, items),
                Mistake::id);
        return replies.ok(page.map(MistakeView::of));
    }
}
