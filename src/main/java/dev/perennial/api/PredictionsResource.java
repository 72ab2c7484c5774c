// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.task.TaskId;
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
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Asks a task. */
@Path("/v1/tasks/{task}/predictions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Predictions")
public final class PredictionsResource {
    private final ServingGate gate;
    private final Asking asking;

    public PredictionsResource(ServingGate gate, Asking asking) {
        this.gate = gate;
        this.asking = asking;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Answers texts by a task",
            description = "Each answer carries a calibrated probability, the label set at the task's coverage and "
                    + "the revision that answered; explain adds members' votes and nearest examples.")
    @APIResponseSchema(PredictionsView.class)
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = PredictBody.class),
                            examples = {
                                @ExampleObject(name = "explained", value = Examples.PREDICTION),
                                @ExampleObject(name = "plain strings", value = Examples.PREDICTION_STRINGS)
                            }))
    public Response predict(@PathParam("task") String task, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        PredictBody question = asking.read(headers, body, PredictBody.class);
        return asking.admit(Optional.of(id), () -> {
            asking.await(serving, Optional.of(id), question.minRevision());
            serving.active().of(id);
            PredictionRequest request = asking.request(question);
            Predictions answers = serving.predictor().predict(id, request);
            return new PredictionsView(
                    answers.revision().toString(), id.value(), asking.views(Optional.of(id), request, answers));
        });
    }
}
