// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.TaskId;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
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

/** Asks a task. */
@Path("/v1/tasks/{task}/predictions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Predictions")
public final class PredictionsResource {
    private final ServingGate gate;
    private final Asking asking;
    private final TaskAnswers answers;
    private final PredictionStreams streams;

    public PredictionsResource(ServingGate gate, Asking asking, TaskAnswers answers, PredictionStreams streams) {
        this.gate = gate;
        this.asking = asking;
        this.answers = answers;
        this.streams = streams;
    }

    @POST
    @RolesAllowed(Roles.READER)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Answers texts by a task",
            description = "Each answer carries a calibrated probability, the label set at the task's coverage and "
                    + "the revision that answered; explain adds members' votes and nearest examples. As NDJSON, any "
                    + "number of inputs, a text or an object a line: they are answered while they come, a line for "
                    + "each in order, and the query says what else a JSON body would. A line that cannot be answered "
                    + "gets its problem, and the rest goes on. Read while you send: a client that does not read is "
                    + "not read from.")
    @Parameter(name = "top_k", in = ParameterIn.QUERY, description = "NDJSON only: how many labels to list")
    @Parameter(name = "mode", in = ParameterIn.QUERY, description = "NDJSON only: auto, full or fast")
    @Parameter(name = "explain", in = ParameterIn.QUERY, description = "NDJSON only: true or false")
    @Parameter(name = "min_revision", in = ParameterIn.QUERY, description = "NDJSON only: the oldest to answer")
    @APIResponse(
            responseCode = "200",
            description = "Answered",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = PredictionsView.class)),
                @Content(
                        mediaType = TeachingRequests.NDJSON,
                        schema = @Schema(oneOf = {PredictionLines.Answered.class, PredictionLines.Refused.class}))
            })
    @RequestBody(
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = PredictBody.class),
                        examples = {
                            @ExampleObject(name = "explained", value = Examples.PREDICTION),
                            @ExampleObject(name = "plain strings", value = Examples.PREDICTION_STRINGS)
                        }),
                @Content(
                        mediaType = TeachingRequests.NDJSON,
                        schema = @Schema(implementation = String.class),
                        examples = @ExampleObject(name = "one per line", value = Examples.PREDICTION_NDJSON))
            })
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response predict(@PathParam("task") String task, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        PredictBody question = asking.read(headers, body, PredictBody.class);
        return asking.admit(Optional.of(id), () -> answers.answer(serving, id, question));
    }

    @POST
    @RolesAllowed(Roles.READER)
    @Consumes(TeachingRequests.NDJSON)
    @Produces(TeachingRequests.NDJSON)
    @Operation(hidden = true)
    @ReadsQuery("top_k,mode,explain,min_revision")
    public Response predictLines(
            @PathParam("task") String task,
            @Context HttpHeaders headers,
            @Context RoutingContext context,
            InputStream body) {
        PredictBody question = PredictionQuery.read(context.queryParams());
        return streams.answer(
                new PredictionStreams.Asked(PathIds.task(task), question, ProblemReplies.origin(context)),
                headers,
                body);
    }
}
