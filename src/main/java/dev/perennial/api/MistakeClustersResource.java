// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What the mistakes of a task are about. */
@Path("/v1/tasks/{task}/mistakes/clusters")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Predictions")
public final class MistakeClustersResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;
    private final Admission admission;

    public MistakeClustersResource(ServingGate gate, Limits limits, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
        this.admission = new Admission(gate, "groupings of mistakes", 1);
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "The mistakes of a task in groups of the like, largest first",
            description =
                    "The latest 2,000 mistakes are grouped by average linkage over what the cheapest member read, "
                            + "up to 0.7 of the distance that two examples of the task have on average. Each group names its "
                            + "most frequent confusions, its medoid with the example by which that was corrected, and words that "
                            + "are frequent in its texts and rare in the task's examples (tf-idf). asked is the share of the "
                            + "latest kept answers whose texts are like the group's medoid.")
    @APIResponseSchema(MistakeClustersView.class)
    public Response list(@PathParam("task") String task) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        serving.stored(id);
        return replies.ok(MistakeClustersView.of(
                id, admission.admit(() -> serving.hindsight().clusters().of(id)), limits.pageItems()));
    }
}
