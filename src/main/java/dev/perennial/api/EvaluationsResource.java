// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.evaluate.Evaluations;
import dev.perennial.evaluate.Evaluator;
import dev.perennial.evaluate.ReportStore;
import dev.perennial.evaluate.Stress;
import dev.perennial.refresh.EvaluationJob;
import dev.perennial.refresh.Job;
import dev.perennial.refresh.Jobs;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Measures how well a task answers rows whose answers are known. */
@Path("/v1/tasks/{task}/evaluations")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Evaluation")
public final class EvaluationsResource {
    private static final String KEY = "Idempotency-Key";
    private static final String PREFER = "Prefer";
    private static final String REPORT_ID = "eval_";
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int AT_ONCE = 2;
    private static final long USUAL_SEED = 1;

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;
    private final RequestIds ids;
    private final LabelledRows rows;
    private final Admission admission;

    public EvaluationsResource(
            ServingGate gate,
            Limits limits,
            Bodies bodies,
            Replies replies,
            IdempotentRequests idempotentRequests,
            RequestIds ids) {
        this.gate = gate;
        this.admission = new Admission(gate, "evaluations", AT_ONCE);
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
        this.ids = ids;
        this.rows = new LabelledRows(limits, bodies);
    }

    /**
     * A report in a list.
     *
     * @param id {@code eval_...}
     * @param createdAt when it was made
     * @param revision the revision that answered
     * @param rows how many were asked
     * @param suite digest of the suite that was asked; null when the rows came with the request
     * @param accuracy mean of how right the answers are
     */
    @Schema(name = "EvaluationItem")
    record ItemView(
            String id,
            Instant createdAt,
            String revision,
            long rows,
            @Nullable String suite,
            double accuracy) {

        static ItemView of(ReportStore.Kept kept, JsonNode report) {
            return new ItemView(
                    kept.id(),
                    kept.createdAt(),
                    report.path("revision").asText(),
                    report.path("rows").asLong(),
                    report.path("suite").textValue(),
                    report.at("/figures/accuracy").asDouble());
        }
    }

    /** One page of reports. */
    @Schema(name = "EvaluationPage")
    record ReportPage(List<ItemView> items, @Nullable String nextCursor) {}

    @POST
    @RolesAllowed(Roles.TEACHER)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Evaluates a task on rows whose answers are known",
            description = "Either on examples in the body, which are not learnt, or on the task's suite. Accuracy, "
                    + "calibration, label sets, costs by the policy and latency; each label, each member and each mode; "
                    + "what is wrong, by the positions of the rows. The reply is the report, or where more than "
                    + "sync_evaluation_rows are asked (stress asks each row five times) or the header Prefer says "
                    + "respond-async, a job (202) whose result it is. The last reports of a task are kept; they hold no "
                    + "text of the rows.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EvaluationBody.class),
                            examples = @ExampleObject(name = "two rows", value = EvaluationExamples.EVALUATION)))
    @Parameter(name = KEY, in = ParameterIn.HEADER, description = "Repeats the reply, not the evaluation")
    @Parameter(
            name = PREFER,
            in = ParameterIn.HEADER,
            description = "respond-async: evaluate by a job",
            schema = @Schema(enumeration = "respond-async"))
    @APIResponse(
            responseCode = "200",
            description = "Evaluated",
            content = @Content(schema = @Schema(implementation = EvaluationView.class)))
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    public Response evaluate(@PathParam("task") String task, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        TaskId id = serving.stored(PathIds.task(task)).task().id();
        Bodies.Limit limit = new Bodies.Limit("teaching_body_bytes", limits.teachingBodyBytes());
        byte[] bytes = bodies.bytes(headers, body, limit);
        IdempotentRequests.Call call = new IdempotentRequests.Call(
                headers.getHeaderString(KEY), "POST /v1/tasks/" + id + "/evaluations", bytes);
        return replies.of(idempotentRequests.once(serving.store(), call, idempotency -> {
            Evaluations.Order order = order(serving, id, bodies.json(bytes, EvaluationBody.class));
            long asked = serving.evaluations().rows(order);
            requireRoom(asked * Math.max(1, serving.labels(id).size()));
            long work = order.stress() ? asked * (1 + Stress.values().length) : asked;
            return work > limits.syncEvaluationRows() || prefersJob(headers)
                    ? byJob(serving, EvaluationJob.order(order, work), idempotency)
                    : atOnce(serving, order, idempotency);
        }));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Lists the reports of a task that are kept, oldest first")
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
                (after, items) -> serving.evaluations().reports().reports(id, after, items),
                ReportStore.Kept::id);
        return replies.ok(page.map(kept -> ItemView.of(kept, read(kept))));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{evaluation}")
    @Operation(summary = "The report of an evaluation")
    @APIResponseSchema(EvaluationView.class)
    public Response get(@PathParam("task") String task, @PathParam("evaluation") String evaluation) {
        return Response.ok(kept(task, evaluation).report(), MediaType.APPLICATION_JSON)
                .build();
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{evaluation}/reliability.svg")
    @Produces(Picture.SVG)
    @Operation(summary = "A picture: how often answers of like probability are right")
    @APIResponse(responseCode = "200", description = "Drawn", content = @Content(mediaType = Picture.SVG))
    public Response reliability(@PathParam("task") String task, @PathParam("evaluation") String evaluation) {
        return drawn(EvaluationPlots.reliability(report(task, evaluation)));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{evaluation}/risk-coverage.svg")
    @Produces(Picture.SVG)
    @Operation(summary = "A picture: the share of wrong answers among the surest ones")
    @APIResponse(responseCode = "200", description = "Drawn", content = @Content(mediaType = Picture.SVG))
    public Response riskCoverage(@PathParam("task") String task, @PathParam("evaluation") String evaluation) {
        return drawn(EvaluationPlots.riskCoverage(report(task, evaluation)));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{evaluation}/confusion.svg")
    @Produces(Picture.SVG)
    @Operation(summary = "A picture: what is answered for what, of the labels with most wrong answers")
    @APIResponse(responseCode = "200", description = "Drawn", content = @Content(mediaType = Picture.SVG))
    public Response confusion(@PathParam("task") String task, @PathParam("evaluation") String evaluation) {
        return drawn(EvaluationPlots.confusion(report(task, evaluation)));
    }

    private ReportStore.Kept kept(String task, String evaluation) {
        Serving serving = gate.serving();
        TaskId id = serving.stored(PathIds.task(task)).task().id();
        String report = PathIds.opaque(REPORT_ID, evaluation);
        return serving.evaluations()
                .reports()
                .report(id, report)
                .orElseThrow(() -> new Refusal.NotFound("evaluation", report));
    }

    private JsonNode report(String task, String evaluation) {
        return read(kept(task, evaluation));
    }

    private JsonNode read(ReportStore.Kept kept) {
        return bodies.json(kept.report().getBytes(StandardCharsets.UTF_8), JsonNode.class);
    }

    private static Response drawn(Optional<String> picture) {
        return Picture.of(picture.orElseThrow(() -> new Refusal.NotFound("picture", "of that sort for such a task")));
    }

    private void requireRoom(long answers) {
        if (answers > limits.evaluationAnswers()) {
            throw new Refusal.TooLarge("evaluation_answers", limits.evaluationAnswers(), answers);
        }
    }

    private static boolean prefersJob(HttpHeaders headers) {
        String preference = headers.getHeaderString(PREFER);
        return preference != null && preference.toLowerCase(Locale.ROOT).contains("respond-async");
    }

    private Idempotency.Reply atOnce(Serving serving, Evaluations.Order order, Optional<Idempotency> idempotency) {
        String id = ids.next(REPORT_ID);
        String report = admission.admit(() -> serving.evaluations().evaluate(id, order, Evaluator.Watch.NONE));
        Idempotency.Reply reply = new Idempotency.Reply(OK, report);
        idempotency.ifPresent(key -> serving.store().keepReply(key, reply));
        return reply;
    }

    private Idempotency.Reply byJob(Serving serving, Jobs.Order order, Optional<Idempotency> idempotency) {
        Job accepted =
                serving.jobs().accept(order, job -> idempotency.map(key -> new Idempotency.Entry(key, accepted(job))));
        return accepted(accepted);
    }

    private Idempotency.Reply accepted(Job job) {
        return replies.keepable(ACCEPTED, JobView.of(job));
    }

    private Evaluations.Order order(Serving serving, TaskId task, EvaluationBody body) {
        boolean suite = Boolean.TRUE.equals(body.suite());
        List<@Nullable ExampleRow> examples = body.examples();
        if (suite == (examples != null)) {
            throw new Refusal.Invalid("", "send either examples, or suite: true");
        }
        return new Evaluations.Order(
                task,
                examples == null ? Optional.empty() : Optional.of(rows.check(serving, task, examples)),
                Boolean.TRUE.equals(body.stress()),
                body.seed() == null ? USUAL_SEED : body.seed());
    }
}
