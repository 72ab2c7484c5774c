// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.Apprenticeship;
import dev.perennial.shadow.Apprenticeship.Bar;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Tasks that answer silently until they are good enough. */
@Path("/v1/tasks/{task}/apprenticeship")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Tasks")
public final class ApprenticeshipResource {
    private static final int CREATED = 201;
    private static final int OK = 200;
    private static final long USUAL_FEEDBACK = 30;
    private static final long MOST_FEEDBACK = 1_000_000;

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;

    public ApprenticeshipResource(ServingGate gate, Limits limits, Bodies bodies, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
    }

    /**
     * What is good enough.
     *
     * @param accuracy that the task must reach with 95 % confidence
     * @param feedback least number of answers that feedback has judged, or of rows of the suite
     * @param gate whether the rows of the suite may tell it as well
     */
    @Schema(name = "ApprenticeshipRequest")
    record BarBody(
            @Schema(required = true, minimum = "0", exclusiveMinimum = true, maximum = "1", exclusiveMaximum = true)
            @Nullable
            Double accuracy,

            @Schema(defaultValue = "30", minimum = "1") @Nullable
            Long feedback,

            @Schema(defaultValue = "false") @Nullable Boolean gate) {}

    /**
     * How far a task got.
     *
     * @param task which one
     * @param state {@code running} while it answers silently, {@code promoted} by its rule or {@code ended} by hand
     * @param reason why it answers aloud; null while it does not
     * @param accuracy that it must reach
     * @param feedback least number of judged answers
     * @param gate whether the rows of the suite may tell it as well
     * @param answers that were given silently
     * @param judged of those, how many feedback has judged
     * @param right of those, how many were right
     * @param surely the accuracy that it has at least, with 95 % confidence (Wilson) for whoever looks once, as far as
     *     feedback tells
     * @param startedAt when it began
     * @param endedAt when it ended
     */
    @Schema(name = "Apprenticeship")
    record ApprenticeshipView(
            String task,

            @Schema(enumeration = {"running", "promoted", "ended"})
            String state,

            @Nullable String reason,
            double accuracy,
            long feedback,
            boolean gate,
            long answers,
            long judged,
            long right,
            double surely,
            Instant startedAt,
            @Nullable Instant endedAt) {
        static ApprenticeshipView of(Apprenticeship one) {
            return new ApprenticeshipView(
                    one.task().value(),
                    Choice.word(one.state()),
                    one.reason().orElse(null),
                    one.bar().accuracy(),
                    one.bar().answers(),
                    one.bar().gate(),
                    one.marks().answers(),
                    one.marks().judged(),
                    one.marks().right(),
                    one.surely(),
                    one.startedAt(),
                    one.endedAt().orElse(null));
        }
    }

    @PUT
    @RolesAllowed(Roles.OPERATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Has a task answer silently until it is good enough",
            description =
                    "Predictions then have no label, abstain and say apprentice: true, on every route; what would "
                            + "have been answered is kept under the id of the prediction, and feedback on it judges it, once. The "
                            + "task answers aloud from when the accuracy is reached with 95 % confidence (Clopper-Pearson's bound) by "
                            + "as many judged answers as feedback says, or twice, four times, ... as many: it is looked at then "
                            + "alone, and more strictly each time, so that all looks together err in 5 % of cases at most. With "
                            + "gate it may also be reached by at least as many rows of its suite, but for those that were taught. "
                            + "The same again changes nothing, and another bar goes on with what was counted.")
    @APIResponse(
            responseCode = "201",
            description = "The task answers silently from now on",
            content = @Content(schema = @Schema(implementation = ApprenticeshipView.class)))
    @APIResponse(
            responseCode = "200",
            description = "It did so already",
            content = @Content(schema = @Schema(implementation = ApprenticeshipView.class)))
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = BarBody.class),
                            examples = @ExampleObject(name = "nine of ten", value = ShadowExamples.APPRENTICESHIP)))
    public Response put(@PathParam("task") String task, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        TaskId id = serving.stored(PathIds.task(task)).task().id();
        Bar bar = bar(bodies.json(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()), BarBody.class));
        boolean begun = serving.apprentices().begin(id, bar);
        return replies.of(begun ? CREATED : OK, view(serving, id)).build();
    }

    /**
     * What a body asks for.
     *
     * @throws Refusal.Invalid when it cannot be a bar
     */
    static Bar bar(BarBody body) {
        List<Fault> faults = new ArrayList<>();
        Double accuracy = body.accuracy();
        if (accuracy == null || !(accuracy > 0 && accuracy < 1)) {
            faults.add(new Fault("/accuracy", "must be a number between 0 and 1, both excluded"));
        }
        long feedback = body.feedback() == null ? USUAL_FEEDBACK : body.feedback();
        if (feedback < 1 || feedback > MOST_FEEDBACK) {
            faults.add(new Fault("/feedback", "must be a whole number from 1 to " + MOST_FEEDBACK));
        }
        if (accuracy == null || !faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        return new Bar(accuracy, feedback, Boolean.TRUE.equals(body.gate()));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "How far a task got that answers silently, or did so last")
    @APIResponseSchema(ApprenticeshipView.class)
    public Response get(@PathParam("task") String task) {
        Serving serving = gate.serving();
        return replies.ok(
                view(serving, serving.stored(PathIds.task(task)).task().id()));
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Has a task answer aloud")
    @APIResponseSchema(ApprenticeshipView.class)
    public Response end(@PathParam("task") String task) {
        Serving serving = gate.serving();
        TaskId id = serving.stored(PathIds.task(task)).task().id();
        serving.apprentices().end(id);
        return replies.ok(view(serving, id));
    }

    private static ApprenticeshipView view(Serving serving, TaskId task) {
        return serving.apprentices()
                .find(task)
                .map(ApprenticeshipView::of)
                .orElseThrow(() -> new Refusal.NotFound("apprenticeship of the task", task.value()));
    }
}
