// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Whether what a task is asked and answers is still what it was. */
@Path("/v1/tasks/{task}/drift")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Tasks")
public final class DriftResource {
    private final ServingGate gate;
    private final Replies replies;

    public DriftResource(ServingGate gate, Replies replies) {
        this.gate = gate;
        this.replies = replies;
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "Whether a task is still asked, and still answers, what it was",
            description = "Recent answers are compared with a reference, the first 1,024 answers that were observed, "
                    + "every 32 answers. Each detector gives the distance of the two, its mean were their order chance, "
                    + "and the probability of at least that distance, told by permutations. An alarm is raised where "
                    + "none of 199,999 permutations is as far apart, and ends where the distance is nothing unusual. "
                    + "What answers say begins anew when the task, its labels, its members or more than a tenth of its "
                    + "examples change; what inputs say does not. Observations are in memory, and hold no text.")
    @APIResponseSchema(DriftView.class)
    public Response get(@PathParam("task") String task) {
        return reply(PathIds.task(task));
    }

    @DELETE
    @RolesAllowed(Roles.TEACHER)
    @Operation(
            summary = "Forgets what was observed of a task",
            description = "What it is asked from now on is the new reference, and no alarm is left.")
    @APIResponseSchema(DriftView.class)
    public Response forget(@PathParam("task") String task) {
        TaskId id = PathIds.task(task);
        gate.serving().stored(id);
        gate.serving().drift().forget(id);
        return reply(id);
    }

    private Response reply(TaskId id) {
        Serving serving = gate.serving();
        return replies.ok(
                DriftView.of(id, serving.drift().report(serving.stored(id).task())));
    }
}
