// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.adapt.TaskGroup;
import dev.perennial.adapt.TaskGroups;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Groups of tasks by their instructions: which tasks may share adapters, and why. */
@Path("/v1/groups")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Groups")
public final class GroupsResource {
    private static final String PREFIX = "g-";

    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;

    public GroupsResource(ServingGate gate, Limits limits, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
    }

    /** One page of groups. */
    @Schema(name = "GroupPage")
    public record GroupPage(List<GroupView> items, @Nullable String nextCursor) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "Lists the groups of tasks by their instructions, in the order of their ids",
            description = "Every task is in exactly one group, with the decision that put it there. Only tasks of one "
                    + "kind and one kind of input come together. Groups follow from the tasks, in the order in which "
                    + "they were defined, and from the encoders that are ready; nothing of them is stored.")
    @APIResponseSchema(GroupPage.class)
    public Response list(@QueryParam("limit") @Nullable String limit, @QueryParam("cursor") @Nullable String cursor) {
        TaskGroups groups = groups();
        Page<TaskGroup> page = Page.ofAll(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                List.copyOf(groups.now().groups()),
                TaskGroup::id);
        return replies.ok(page.map(group -> GroupView.of(group, groups.adapters(group.id()))));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{group}")
    @Operation(summary = "A group of tasks: which they are, why each is there, and which adapters they share")
    @APIResponseSchema(GroupView.class)
    public Response get(
            @Parameter(schema = @Schema(pattern = "g-[a-z0-9][a-z0-9-]{0,62}")) @PathParam("group") String group) {
        // What cannot be an id names nothing, and must not reach a message.
        if (!group.startsWith(PREFIX) || !TaskId.isValid(group.substring(PREFIX.length()))) {
            throw new NotFoundException();
        }
        TaskGroups groups = groups();
        TaskGroup found = groups.now().find(group).orElseThrow(() -> new Refusal.NotFound("group", group));
        return replies.ok(GroupView.of(found, groups.adapters(group)));
    }

    private TaskGroups groups() {
        return gate.serving().taskGroups();
    }
}
