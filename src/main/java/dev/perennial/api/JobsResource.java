// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refresh.Job;
import dev.perennial.refresh.JobStore;
import dev.perennial.refresh.Jobs;
import dev.perennial.refusal.Refusal;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Long work: how far it is, what came of it, and its end before time. */
@Path("/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs")
public final class JobsResource {
    private static final int RETRY_AFTER_SECONDS = 1;
    private static final int EVENTS_A_PAGE = 1000;

    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;

    public JobsResource(ServingGate gate, Limits limits, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
    }

    /** One page of jobs. */
    @Schema(name = "JobPage")
    public record JobPage(List<JobView> items, @Nullable String nextCursor) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Lists the jobs, oldest first; finished ones are kept for some days")
    @APIResponseSchema(JobPage.class)
    public Response list(@QueryParam("limit") @Nullable String limit, @QueryParam("cursor") @Nullable String cursor) {
        Jobs jobs = gate.serving().jobs();
        Page<Job> page = Page.of(new Page.Asked(limit, cursor), limits.pageItems(), jobs::jobs, Job::id);
        return replies.ok(page.map(JobView::of));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{job}")
    @Operation(summary = "A job: its status, progress, result or problem")
    @APIResponseSchema(JobView.class)
    public Response get(@PathParam("job") String id) {
        Job job = gate.serving().jobs().job(PathIds.opaque("job_", id));
        Response.ResponseBuilder reply = replies.of(200, JobView.of(job));
        if (!job.status().isFinal()) {
            reply.header("Retry-After", RETRY_AFTER_SECONDS);
        }
        return reply.build();
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{job}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Blocking
    @Operation(
            summary = "Follows a job as Server-Sent Events",
            description = "Events progress, log and, last, done, with ascending ids. Last-Event-ID goes on after an "
                    + "event; a comment every 15 seconds keeps the connection.")
    @APIResponse(
            responseCode = "200",
            description = "The events so far, then each as it comes; ends after done",
            content =
                    @Content(mediaType = MediaType.SERVER_SENT_EVENTS, schema = @Schema(implementation = String.class)))
    public Multi<OutboundSseEvent> events(
            @PathParam("job") String id,
            @HeaderParam("Last-Event-ID") @Nullable String lastEventId,
            @Context Sse sse,
            @Context SecurityContext security) {
        Jobs jobs = gate.serving().jobs();
        Job job = jobs.job(PathIds.opaque("job_", id));
        TenantDoor door = gate.asking();
        String caller = security.getUserPrincipal().getName();
        return new JobEventStream(jobs, job.id(), sse, () -> door.admits(caller)).after(eventNumber(lastEventId));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{job}/losses.svg")
    @Produces(Picture.SVG)
    @Operation(
            summary = "A picture: the loss of each training of the job, step by step, as far as it is",
            description = "For adaptations of encoders. While the job runs, ask again to see it fall.")
    @APIResponse(responseCode = "200", description = "Drawn", content = @Content(mediaType = Picture.SVG))
    public Response losses(@PathParam("job") String id) {
        Jobs jobs = gate.serving().jobs();
        Job job = jobs.job(PathIds.opaque("job_", id));
        JobPlots.Losses losses = new JobPlots.Losses();
        List<JobStore.Event> page = jobs.events(job.id(), 0, EVENTS_A_PAGE);
        while (!page.isEmpty()) {
            page.forEach(losses::add);
            page = jobs.events(job.id(), page.get(page.size() - 1).number(), EVENTS_A_PAGE);
        }
        return Picture.of(losses.drawn()
                .orElseThrow(() -> new Refusal.NotFound("picture", "of losses: the job has told of none")));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{job}/retention.svg")
    @Produces(Picture.SVG)
    @Operation(
            summary = "A picture: how much of a group's adapter a merge retained, by step and tensor",
            description = "For adaptations that went on from the adapter of a group, once they have ended.")
    @APIResponse(responseCode = "200", description = "Drawn", content = @Content(mediaType = Picture.SVG))
    public Response retention(@PathParam("job") String id) {
        Job job = gate.serving().jobs().job(PathIds.opaque("job_", id));
        return Picture.of(job.result()
                .flatMap(JobPlots::retention)
                .orElseThrow(
                        () -> new Refusal.NotFound("picture", "of what was retained: the job has merged nothing")));
    }

    @DELETE
    @RolesAllowed(Roles.TEACHER)
    @Path("/{job}")
    @Operation(
            summary = "Cancels a job",
            description = "200: it has ended. 202: it ends after its present step. What it has done stays done.")
    @APIResponse(
            responseCode = "200",
            description = "Cancelled before it began",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(
            responseCode = "202",
            description = "Will stop after its present step",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    public Response cancel(@PathParam("job") String id) {
        Job job = gate.serving().jobs().cancel(PathIds.opaque("job_", id));
        return job.status().isFinal()
                ? replies.ok(JobView.of(job))
                : replies.of(202, JobView.of(job))
                        .header("Location", "/v1/jobs/" + job.id())
                        .header("Retry-After", RETRY_AFTER_SECONDS)
                        .build();
    }

    static long eventNumber(@Nullable String lastEventId) {
        if (lastEventId == null || lastEventId.isBlank()) {
            return 0;
        }
        try {
            return Math.max(0, Long.parseLong(lastEventId.strip()));
        } catch (NumberFormatException notOurs) {
            throw new Refusal.Invalid("", "the header Last-Event-ID must be an id of an earlier event");
        }
    }
}
