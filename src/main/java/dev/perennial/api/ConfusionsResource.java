// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.perennial.learn.Confusion;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Kind;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The examples behind one cell of a task's confusion matrix. */
@Path("/v1/tasks/{task}/confusions/{true}/{predicted}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Tasks")
public final class ConfusionsResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;
    private final ClientWatch clients;
    private final Admission admission;

    public ConfusionsResource(ServingGate gate, Limits limits, Replies replies, ClientWatch clients) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
        this.clients = clients;
        this.admission = new Admission(gate, "confusion matrices", 1);
    }

    /** An example and what the ensemble that never saw it gives the label that it predicts. */
    @Schema(name = "Confusion")
    public record ConfusionView(ExampleView example, double probability) {}

    /** All examples of a cell, up to the largest page. */
    @Schema(name = "Confusions")
    public record ConfusionsView(
            String task, @JsonProperty("true") String actual, String predicted, List<ConfusionView> items) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "Examples taught as one label that the ensemble without them predicts as another",
            description = "Leave-one-out predictions of all examples are computed for this, which takes time for "
                    + "large tasks.")
    @APIResponseSchema(ConfusionsView.class)
    public Response list(
            @PathParam("task") String task,
            @PathParam("true") String actual,
            @PathParam("predicted") String predicted) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        if (serving.active().of(id).task().kind() != Kind.CLASSIFICATION) {
            throw new Refusal.Conflict("Only classification tasks have confusions between labels.");
        }
        List<String> labels = serving.labels(id);
        for (String label : List.of(actual, predicted)) {
            if (!labels.contains(label)) {
                throw new Refusal.NotFound("label", label);
            }
        }
        Runnable there = clients.requireThere();
        List<Confusion> confusions =
                admission.admit(() -> serving.teacher().insight().confusions(id, actual, predicted, there));
        return replies.ok(new ConfusionsView(
                id.value(),
                actual,
                predicted,
                confusions.stream()
                        .limit(limits.pageItems())
                        .map(confusion ->
                                new ConfusionView(ExampleView.of(confusion.example()), confusion.probability()))
                        .toList()));
    }
}
