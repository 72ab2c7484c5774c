// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.InstructionRouter;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.Label;
import dev.perennial.task.TaskId;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Asks whatever task an instruction is about. */
@Path("/v1/predictions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Predictions")
public final class InstructionPredictionsResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Asking asking;

    public InstructionPredictionsResource(ServingGate gate, Limits limits, Asking asking) {
        this.gate = gate;
        this.limits = limits;
        this.asking = asking;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Answers texts by the task that an instruction is about",
            description = "When no task's instruction matches, the answer is zero-shot over the request's labels.")
    @APIResponseSchema(RoutedView.class)
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = InstructionBody.class),
                            examples = @ExampleObject(name = "zero-shot", value = Examples.INSTRUCTION_PREDICTION)))
    public Response predict(@Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        InstructionBody question = asking.read(headers, body, InstructionBody.class);
        return asking.admit(Optional.empty(), () -> {
            asking.await(serving, Optional.empty(), question.minRevision());
            return routed(serving, question);
        });
    }

    private RoutedView routed(Serving serving, InstructionBody question) {
        String instruction =
                Wording.of(question.instruction(), "/instruction", "instruction_chars", limits.instructionChars());
        if (instruction.isEmpty()) {
            throw new Refusal.Invalid("/instruction", "is missing or empty; say in words what is asked");
        }
        List<Label> labels =
                new LabelDefinitions(limits).read(question.labels(), new LabelBook(List.of(), limits.labels()));
        PredictionRequest request = asking.request(question.question());
        requireOneKind(request.inputs());
        InstructionRouter.Routed routed = serving.router().predict(instruction, labels, request);
        return new RoutedView(
                routed.task().isPresent() ? routed.predictions().revision().toString() : null,
                routed.task().map(TaskId::value).orElse(null),
                routed.match(),
                asking.views(routed.task(), request, routed.predictions()));
    }

    private static void requireOneKind(List<Input> inputs) {
        if (inputs.stream().map(Input::kind).distinct().count() > 1) {
            throw new Refusal.Invalid("/inputs", "must be all single texts or all pairs");
        }
    }
}
