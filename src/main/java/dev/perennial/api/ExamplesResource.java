// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.learn.Undone;
import dev.perennial.learn.Unlearned;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Example;
import dev.perennial.task.SourceName;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
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
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The examples of a task: taught, listed, forgotten. */
@Path("/v1/tasks/{task}/examples")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Examples")
public final class ExamplesResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;
    private final TeachingRequests teaching;
    private final Json json;

    public ExamplesResource(ServingGate gate, Limits limits, Replies replies, TeachingRequests teaching, Json json) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
        this.teaching = teaching;
        this.json = json;
    }

    /** One page of examples. */
    @Schema(name = "ExamplePage")
    public record ExamplePage(
            List<ExampleView> items, @Nullable String nextCursor) {}

    /** Receipt of an exact unlearning. */
    @Schema(name = "Unlearned")
    public record Receipt(String revision, String removed, String headDigestBefore, String headDigestAfter) {}

    /** Receipt of taking back a source. */
    @Schema(name = "Undone")
    public record UndoneView(String revision, long removed, String headDigestBefore, String headDigestAfter) {
        static UndoneView of(Undone undone) {
            return new UndoneView(
                    undone.revision().toString(),
                    undone.removed(),
                    undone.headDigestBefore(),
                    undone.headDigestAfter());
        }
    }

    @POST
    @RolesAllowed(Roles.TEACHER)
    @Consumes({MediaType.APPLICATION_JSON, TeachingRequests.NDJSON, TeachingRequests.CSV})
    @Produces({MediaType.APPLICATION_JSON, TeachingRequests.NDJSON})
    @Operation(
            summary = "Teaches a task",
            description = "Durable before it is acknowledged, and the next prediction uses it. Rows that are not "
                    + "acceptable are listed in rejected with their index, the others are taught, and when there are "
                    + "no others nothing is. The index counts rows from 0; in NDJSON it counts lines, blank ones too, "
                    + "which are skipped. The same external_id replaces, an "
                    + "exact duplicate is reported; records of equal content with different external ids count together. "
                    + "Columns of CSV are named by the header row; several labels are separated by |. More rows than "
                    + "sync_examples are taught by a job (202).")
    @Parameter(name = "Idempotency-Key", in = ParameterIn.HEADER, description = "Repeats the reply, not the teaching")
    @APIResponse(
            responseCode = "200",
            description = "Taught",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = TaughtView.class)),
                @Content(
                        mediaType = TeachingRequests.NDJSON,
                        schema = @Schema(implementation = TeachingLines.Line.class))
            })
    @Parameter(
            name = "Content-Encoding",
            in = ParameterIn.HEADER,
            description = "The body may be compressed",
            schema = @Schema(enumeration = "gzip"))
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content =
                    @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = JobView.class)))
    @RequestBody(
            description = "Plain, or compressed with Content-Encoding: gzip",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = TeachBody.class),
                        examples = @ExampleObject(name = "four examples", value = Examples.TEACHING)),
                @Content(
                        mediaType = TeachingRequests.NDJSON,
                        schema = @Schema(implementation = String.class),
                        examples = @ExampleObject(name = "one per line", value = Examples.TEACHING_NDJSON)),
                @Content(
                        mediaType = TeachingRequests.CSV,
                        schema = @Schema(implementation = String.class),
                        examples = @ExampleObject(name = "header row first", value = Examples.TEACHING_CSV))
            })
    public Response teach(
            @PathParam("task") String task,
            @Parameter(description = ExampleSources.DEFAULT) @QueryParam("source") @Nullable String source,
            @Context HttpHeaders headers,
            InputStream body) {
        Serving serving = gate.serving();
        TeachingRequests.Assignment assignment = TeachingRequests.Assignment.of(task, source);
        TeachingRequests.Taught answer = teaching.answer(serving, assignment, headers, body);
        Response reply = replies.of(answer.outcome());
        return TeachingLines.wanted(headers) ? TeachingLines.of(reply, answer.rows(), json) : reply;
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Lists the examples of a task, in the order of teaching")
    @APIResponseSchema(ExamplePage.class)
    public Response list(
            @PathParam("task") String task,
            @Parameter(description = "Only those that this source has taught") @QueryParam("source") @Nullable
                    String source,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        Serving serving = gate.serving();
        TaskId id = existing(serving, task).task().id();
        Optional<SourceName> named = ExampleSources.named(source);
        Page<Example> page = Page.of(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                (after, items) -> named.map(name -> serving.store().examples(id, name, after, items))
                        .orElseGet(() -> serving.store().examples(id, after, items)),
                Example::id);
        return replies.ok(page.map(ExampleView::of));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{example}")
    @Operation(summary = "One example")
    @APIResponseSchema(ExampleView.class)
    public Response get(@PathParam("task") String task, @PathParam("example") String example) {
        Serving serving = gate.serving();
        TaskId id = existing(serving, task).task().id();
        String exampleId = PathIds.opaque("ex_", example);
        return replies.ok(ExampleView.of(
                serving.store().example(id, exampleId).orElseThrow(() -> new Refusal.NotFound("example", exampleId))));
    }

    @DELETE
    @RolesAllowed(Roles.TEACHER)
    @Path("/{example}")
    @Operation(
            summary = "Forgets an example",
            description = "Exact unlearning: afterwards the head equals one that never saw the example, and its text "
                    + "and vectors are gone from the store. A job that still teaches it keeps the text until it ends.")
    @APIResponseSchema(Receipt.class)
    public Response forget(@PathParam("task") String task, @PathParam("example") String example) {
        Serving serving = gate.serving();
        TaskId id = existing(serving, task).task().id();
        String exampleId = PathIds.opaque("ex_", example);
        Optional<Example> erased = serving.store().kept(id, exampleId);
        Unlearned unlearned = serving.teacher().forget(id, exampleId);
        erased.ifPresent(gone -> serving.memory().forget(id, gone.teaching().input()));
        return replies.ok(new Receipt(
                unlearned.revision().toString(),
                unlearned.exampleId(),
                unlearned.headDigestBefore(),
                unlearned.headDigestAfter()));
    }

    @DELETE
    @RolesAllowed(Roles.TEACHER)
    @Operation(
            summary = "Takes back all that a source has taught",
            description =
                    "Exact unlearning of every example of the source, in one revision: afterwards the head equals "
                            + "one that the source never taught, and texts and vectors are gone from the store. What others "
                            + "taught stays, also where it is the same. Asked again it removes nothing.")
    @APIResponseSchema(UndoneView.class)
    public Response undo(
            @PathParam("task") String task,
            @Parameter(description = "The source", required = true) @QueryParam("source") @Nullable String source) {
        Serving serving = gate.serving();
        TaskId id = existing(serving, task).task().id();
        SourceName name = ExampleSources.named(source)
                .orElseThrow(() -> new Refusal.Invalid("", "the query parameter source is required"));
        Undone undone = serving.teacher().undo(id, name);
        serving.memory().forget(id);
        return replies.ok(UndoneView.of(undone));
    }

    private static StoredTask existing(Serving serving, String task) {
        TaskId id = PathIds.task(task);
        return serving.store().task(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
    }
}
