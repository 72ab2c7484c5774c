// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.perennial.ensemble.VectorModel;
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

/** What can embed texts, in the shape that OpenAI's clients speak. */
@Path("/v1/models")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Vectors")
public final class ModelsResource {
    private final ServingGate gate;
    private final Replies replies;

    public ModelsResource(ServingGate gate, Replies replies) {
        this.gate = gate;
        this.replies = replies;
    }

    /**
     * One model.
     *
     * @param created always 0: members have no date
     */
    @Schema(name = "Model")
    public record ModelView(
            String id,

            @JsonProperty("object") @Schema(examples = "\"model\"")
            String type,

            long created,
            String ownedBy) {
        static ModelView of(VectorModel model) {
            return new ModelView(model.id(), "model", 0, "perennial");
        }
    }

    /** All models. */
    @Schema(name = "ModelList")
    public record ModelList(
            @JsonProperty("object") @Schema(examples = "\"list\"")
            String type,

            List<ModelView> data) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Lists what can embed texts (OpenAI's shape)")
    @APIResponseSchema(ModelList.class)
    public Response list() {
        return replies.ok(new ModelList(
                "list",
                gate.serving().vectors().models().stream().map(ModelView::of).toList()));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{model}")
    @Operation(summary = "One thing that can embed texts (OpenAI's shape)")
    @APIResponseSchema(ModelView.class)
    public Response get(@PathParam("model") String model) {
        return replies.ok(ModelView.of(gate.serving().vectors().model(MemberIds.inPath(model))));
    }
}
