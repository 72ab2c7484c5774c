// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refresh.Job;
import dev.perennial.refresh.RefreshOrder;
import dev.perennial.refresh.RefreshOrder.Aim;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.TaskId;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Makes a member learn anew from what the service was asked, and takes that back. */
@Path("/v1/members/{member}/refreshes")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Members")
public final class RefreshesResource {
    private static final String KEY = "Idempotency-Key";
    private static final int ACCEPTED = 202;

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;

    public RefreshesResource(
            ServingGate gate, Limits limits, Bodies bodies, Replies replies, IdempotentRequests idempotentRequests) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
    }

    /**
     * What a refresh is judged by.
     *
     * @param tasks ids of the tasks whose held-out examples judge; all when it is missing or empty
     */
    @Schema(name = "Refresh")
    public record RefreshBody(@Nullable List<@Nullable String> tasks) {}

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Learns the static member's table anew from sampled questions",
            description = "Needs perennial.static.sample-size. In the background, a candidate is learnt and judged: it "
                    + "must come nearer to its teacher on questions that it was not learnt from, no task may answer "
                    + "significantly fewer of its held-out examples right by it alone, and the mean over the tasks may "
                    + "not fall. The job's result says whether it was promoted, and its report why. When it was, every "
                    + "task learns with it and answers as before until it has; a restart keeps it.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RefreshBody.class),
                            examples = @ExampleObject(name = "all tasks judge", value = "{}")))
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @Parameter(name = KEY, in = ParameterIn.HEADER, description = "Repeats the reply, not the refresh")
    public Response refresh(@PathParam("member") String member, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        String id = MemberIds.inPath(member);
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()));
        IdempotentRequests.Call call = new IdempotentRequests.Call(
                headers.getHeaderString(KEY), "POST /v1/members/" + id + "/refreshes", bytes);
        return replies.of(idempotentRequests.once(serving.store(), call, idempotency -> {
            RefreshBody request = bodies.json(bytes, RefreshBody.class);
            return accepted(serving, id, new RefreshOrder(Aim.LEARN, tasks(serving, request)), idempotency);
        }));
    }

    @DELETE
    @Operation(
            summary = "Goes back to the member as it was built",
            description = "As a job: every task learns with it again, and then answers as if it had never been "
                    + "refreshed.")
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    public Response goBack(@PathParam("member") String member) {
        RefreshOrder order = new RefreshOrder(Aim.GO_BACK, List.of());
        Idempotency.Reply reply = accepted(gate.serving(), MemberIds.inPath(member), order, Optional.empty());
        return replies.of(new IdempotentRequests.Outcome(reply, false));
    }

    private Idempotency.Reply accepted(
            Serving serving, String member, RefreshOrder order, Optional<Idempotency> idempotency) {
        Job accepted = serving.refreshes()
                .accept(member, order, job -> idempotency.map(key -> new Idempotency.Entry(key, reply(job))));
        return reply(accepted);
    }

    private Idempotency.Reply reply(Job job) {
        return replies.keepable(ACCEPTED, JobView.of(job));
    }

    private static List<TaskId> tasks(Serving serving, RefreshBody request) {
        List<@Nullable String> names = request.tasks() == null ? List.of() : request.tasks();
        List<TaskId> tasks = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Optional<TaskId> task =
                    Optional.ofNullable(names.get(i)).filter(TaskId::isValid).map(TaskId::new);
            if (task.filter(id -> serving.store().task(id).isPresent()).isEmpty()) {
                faults.add(new Fault("/tasks/" + i, "is not a task; GET /v1/tasks lists them"));
            }
            task.ifPresent(tasks::add);
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        return tasks.stream().distinct().toList();
    }
}
