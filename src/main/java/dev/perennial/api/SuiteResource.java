// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.evaluate.Evaluations;
import dev.perennial.evaluate.Suite;
import dev.perennial.evaluate.SuiteStore;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
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

/** The frozen labelled rows that a task is measured with. */
@Path("/v1/tasks/{task}/suite")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Evaluation")
public final class SuiteResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;
    private final LabelledRows rows;

    public SuiteResource(ServingGate gate, Limits limits, Replies replies, Bodies bodies) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
        this.rows = new LabelledRows(limits, bodies);
    }

    /**
     * A suite in a reply.
     *
     * @param task whose
     * @param digest SHA-256 over the rows in their order: equal digests, equal rows
     * @param revision the change that stored it
     * @param rows how many it has
     * @param labels names of the labels that are right somewhere
     * @param taught how many rows ask what the task was also taught: their answers are memory, not skill
     * @param createdAt when it was stored
     */
    @Schema(name = "Suite")
    record SuiteView(
            String task,
            String digest,
            String revision,
            long rows,
            List<String> labels,
            long taught,
            Instant createdAt) {

        static SuiteView of(Suite suite, long taught) {
            return new SuiteView(
                    suite.task().value(),
                    suite.digest(),
                    suite.revision().toString(),
                    suite.rows(),
                    suite.labels(),
                    taught,
                    suite.createdAt());
        }
    }

    /**
     * A row of a suite in a reply.
     *
     * @param index its position, from 0
     * @param text what is asked about
     * @param textPair the second text, for pair tasks
     * @param label the right answer of a classification
     * @param labels those of a multilabel task
     * @param score that of a regression
     * @param externalId the client's own name
     * @param taught whether the task was taught this input as well
     */
    @Schema(name = "SuiteRow")
    record RowView(
            long index,
            String text,
            @Nullable String textPair,
            @Nullable String label,
            @Nullable List<String> labels,
            @Nullable Double score,
            @Nullable String externalId,
            boolean taught) {

        static RowView of(Suite.Row row, boolean taught) {
            Teaching teaching = row.teaching();
            Answer answer = teaching.answer();
            return new RowView(
                    row.position(),
                    teaching.input().text().value(),
                    teaching.input().textPair().map(Text::value).orElse(null),
                    ExampleView.label(answer),
                    ExampleView.labels(answer),
                    ExampleView.score(answer),
                    teaching.externalId().orElse(null),
                    taught);
        }
    }

    /** One page of rows. */
    @Schema(name = "SuiteRowPage")
    record RowPage(List<RowView> items, @Nullable String nextCursor) {}

    /** What a removal did. */
    @Schema(name = "RemovedSuite")
    record RemovedSuite(String revision, String removed) {}

    @PUT
    @RolesAllowed(Roles.TEACHER)
    @Consumes({MediaType.APPLICATION_JSON, TeachingRequests.NDJSON, TeachingRequests.CSV})
    @Operation(
            summary = "Stores the frozen rows that a task is measured with, in place of the former",
            description =
                    "Rows are written as for teaching, and are never learnt from. All of them must be acceptable, "
                            + "or nothing is stored. The same rows again change nothing. What is replaced or removed is erased "
                            + "from the store's files. At most evaluation_rows.")
    @Parameter(
            name = "Content-Encoding",
            in = ParameterIn.HEADER,
            description = "The body may be compressed",
            schema = @Schema(enumeration = "gzip"))
    @APIResponse(
            responseCode = "201",
            description = "Stored",
            content = @Content(schema = @Schema(implementation = SuiteView.class)))
    @APIResponse(
            responseCode = "200",
            description = "Replaced, or stored already",
            content = @Content(schema = @Schema(implementation = SuiteView.class)))
    @RequestBody(
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = TeachBody.class),
                        examples = @ExampleObject(name = "two rows", value = EvaluationExamples.SUITE)),
                @Content(
                        mediaType = TeachingRequests.NDJSON,
                        schema = @Schema(implementation = String.class),
                        examples = @ExampleObject(name = "one per line", value = EvaluationExamples.SUITE_NDJSON)),
                @Content(
                        mediaType = TeachingRequests.CSV,
                        schema = @Schema(implementation = String.class),
                        examples = @ExampleObject(name = "header row first", value = EvaluationExamples.SUITE_CSV))
            })
    public Response put(@PathParam("task") String task, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        List<Teaching> read = rows.read(serving, id, headers, body);
        SuiteStore.Placed placed = serving.evaluations().suites().put(id, read);
        // They may hold the former rows.
        serving.exchange().keeper().erased(id);
        return replies.of(placed.created() ? 201 : 200, SuiteView.of(placed.suite(), taught(serving, id, read)))
                .build();
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "The suite of a task: how many rows, of which labels, and how many are taught as well")
    @APIResponseSchema(SuiteView.class)
    public Response get(@PathParam("task") String task) {
        Serving serving = gate.serving();
        Suite suite = existing(serving, task);
        List<Teaching> all = all(serving, suite.task());
        return replies.ok(SuiteView.of(suite, taught(serving, suite.task(), all)));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/rows")
    @Operation(summary = "Lists the rows of a task's suite, in their order")
    @APIResponseSchema(RowPage.class)
    public Response list(
            @PathParam("task") String task,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        Serving serving = gate.serving();
        TaskId id = existing(serving, task).task();
        Page<Suite.Row> page = Page.of(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                (after, items) -> serving.evaluations().suites().rows(id, next(after), items),
                row -> Long.toString(row.position()));
        return replies.ok(page.map(row -> RowView.of(row, taught(serving, id, List.of(row.teaching())) > 0)));
    }

    @DELETE
    @RolesAllowed(Roles.TEACHER)
    @Operation(
            summary = "Erases the suite of a task",
            description = "Its text is then in no file of the store. Reports of evaluations stay; they hold no text.")
    @APIResponseSchema(RemovedSuite.class)
    public Response remove(@PathParam("task") String task) {
        Serving serving = gate.serving();
        TaskId id = serving.stored(PathIds.task(task)).task().id();
        RevisionId removed = serving.evaluations().suites().remove(id).orElseThrow(() -> none(id));
        serving.exchange().keeper().erased(id);
        return replies.ok(new RemovedSuite(removed.toString(), id.value()));
    }

    private static Suite existing(Serving serving, String task) {
        TaskId id = serving.stored(PathIds.task(task)).task().id();
        return serving.evaluations().suites().suite(id).orElseThrow(() -> none(id));
    }

    private static Refusal.NotFound none(TaskId id) {
        return new Refusal.NotFound("suite of the task", id.value());
    }

    private static List<Teaching> all(Serving serving, TaskId id) {
        return serving.evaluations().suites().rows(id, 0, Integer.MAX_VALUE).stream()
                .map(Suite.Row::teaching)
                .toList();
    }

    private static long taught(Serving serving, TaskId id, List<Teaching> rows) {
        return serving.active()
                .find(id)
                .map(ensemble -> Evaluations.taught(ensemble, rows))
                .orElse(0L);
    }

    /** The position after that of a cursor. */
    private static long next(String after) {
        try {
            return after.isEmpty() ? 0 : Math.addExact(Long.parseLong(after), 1);
        } catch (NumberFormatException | ArithmeticException notOurs) {
            throw new Refusal.Invalid("", "the query parameter cursor must be a next_cursor of an earlier page");
        }
    }
}
