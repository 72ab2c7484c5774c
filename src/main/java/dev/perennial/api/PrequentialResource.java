// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** How good answers were, each tested by feedback before it was taught. */
@Path("/v1/tasks/{task}/prequential")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Evaluation")
public final class PrequentialResource {
    private static final int DEFAULT_WINDOW = 1_000;
    private static final int LARGEST_WINDOW = 50_000;
    private static final double DEFAULT_FADING = 0.995;

    private final ServingGate gate;
    private final Replies replies;

    public PrequentialResource(ServingGate gate, Replies replies) {
        this.gate = gate;
        this.replies = replies;
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "How good answers were, each tested by feedback before it was taught",
            description =
                    "Prequential scores: over the last 50,000 answers that feedback spoke of, over a window of the "
                            + "last ones, and over all with weights that fade, by the revision and the stage that had answered. "
                            + "An answer counts once, however often feedback names it. What was sent as a text is answered by "
                            + "the full ensemble before it is taught. An answer that was abstained from is not right. "
                            + "Probabilities of labels beside the five most probable ones count as their mean, and none as less "
                            + "than a millionth.")
    @APIResponseSchema(PrequentialView.class)
    public Response get(
            @PathParam("task") String task,
            @Parameter(
                            description = "How many of the last answers the window has",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "50000",
                                            defaultValue = "1000"))
                    @QueryParam("window")
                    @Nullable
                    String window,
            @Parameter(
                            description = "What share of its weight an answer keeps when the next one comes",
                            schema =
                                    @Schema(
                                            type = SchemaType.NUMBER,
                                            exclusiveMinimum = true,
                                            minimum = "0",
                                            maximum = "1",
                                            defaultValue = "0.995"))
                    @QueryParam("fading")
                    @Nullable
                    String fading) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        serving.stored(id);
        int last = window(window);
        double share = fading(fading);
        return replies.ok(PrequentialView.of(
                new PrequentialView.Asked(id, last, share),
                serving.hindsight().book().prequential(id, last, share)));
    }

    private static int window(@Nullable String asked) {
        try {
            int window = asked == null ? DEFAULT_WINDOW : Integer.parseInt(asked);
            if (window >= 1 && window <= LARGEST_WINDOW) {
                return window;
            }
        } catch (NumberFormatException notANumber) {
            // refused below, like any other wrong number
        }
        throw new Refusal.Invalid("", "the query parameter window must be a whole number from 1 to " + LARGEST_WINDOW);
    }

    private static double fading(@Nullable String asked) {
        try {
            double fading = asked == null ? DEFAULT_FADING : Double.parseDouble(asked);
            if (fading > 0 && fading <= 1) {
                return fading;
            }
        } catch (NumberFormatException notANumber) {
            // refused below, like any other wrong number
        }
        throw new Refusal.Invalid("", "the query parameter fading must be a number above 0 and at most 1");
    }
}
