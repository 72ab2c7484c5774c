// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.SourceName;
import dev.perennial.task.SourceShare;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
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

/** Who or what has taught a task. */
@Path("/v1/tasks/{task}/example-sources")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Examples")
public final class ExampleSourcesResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;

    public ExampleSourcesResource(ServingGate gate, Limits limits, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
    }

    /** One page of the sources of a task. */
    @Schema(name = "ExampleSourcePage")
    public record ExampleSourcePage(
            List<ExampleSourceView> items, @Nullable String nextCursor) {}

    /**
     * What one source has taught.
     *
     * @param name null: examples that name no source
     * @param examples how many of the task's examples
     * @param weight of these in all, as they were taught
     * @param share of the weight of all the task's examples
     */
    @Schema(name = "ExampleSource")
    public record ExampleSourceView(@Nullable String name, long examples, double weight, double share) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Who has taught a task, and how much of it; examples that name no source come first")
    @APIResponseSchema(ExampleSourcePage.class)
    public Response list(
            @PathParam("task") String task,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        serving.stored(id);
        List<SourceShare> shares = serving.store().sources(id);
        double total = shares.stream().mapToDouble(SourceShare::weight).sum();
        Page<SourceShare> page =
                Page.ofAll(new Page.Asked(limit, cursor), limits.pageItems(), shares, ExampleSourcesResource::place);
        return replies.ok(page.map(share -> new ExampleSourceView(
                share.source().map(SourceName::value).orElse(null),
                share.examples(),
                share.weight(),
                share.weight() / total)));
    }

    /** Grows along the list. */
    private static String place(SourceShare share) {
        return share.source().map(name -> "b" + name).orElse("a");
    }
}
