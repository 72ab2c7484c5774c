// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.inference;

import dev.perennial.api.Replies;
import dev.perennial.api.Roles;
import dev.perennial.api.ServingGate;
import dev.perennial.facade.FacadeSettings;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The server itself, as the Open Inference Protocol sees it. */
@Path("/v2")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Façades")
public final class InferenceServerResource {
    private static final int UNAVAILABLE = 503;
    private static final int RETRY_AFTER_SECONDS = 2;

    private final ServingGate gate;
    private final Replies replies;
    private final FacadeSettings settings;

    public InferenceServerResource(ServingGate gate, Replies replies, FacadeSettings settings) {
        this.gate = gate;
        this.replies = replies;
        this.settings = settings;
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "What answers (Open Inference Protocol)")
    @APIResponseSchema(InferenceBodies.Server.class)
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = InferenceDialect.Failure.class)))
    public Response server() {
        return replies.ok(new InferenceBodies.Server("perennial", settings.version(), List.of()));
    }

    @GET
    @Path("/health/live")
    @PermitAll
    @Operation(summary = "Whether the server is alive (Open Inference Protocol)")
    @APIResponseSchema(InferenceBodies.Live.class)
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = InferenceDialect.Failure.class)))
    public Response live() {
        return replies.ok(new InferenceBodies.Live(true));
    }

    @GET
    @Path("/health/ready")
    @PermitAll
    @Operation(summary = "Whether requests are answered (Open Inference Protocol)")
    @APIResponseSchema(InferenceBodies.Ready.class)
    @APIResponse(
            responseCode = "default",
            description = "A failure in the protocol's words",
            content = @Content(schema = @Schema(implementation = InferenceDialect.Failure.class)))
    public Response ready() {
        return gate.ofDefault().isOpen()
                ? replies.ok(new InferenceBodies.Ready(true))
                : replies.of(UNAVAILABLE, new InferenceBodies.Ready(false))
                        .header("Retry-After", RETRY_AFTER_SECONDS)
                        .build();
    }
}
