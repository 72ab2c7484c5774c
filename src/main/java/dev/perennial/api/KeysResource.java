// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.access.Keyring;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The keys that clients are let in by. */
@Path("/v1/keys")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Operations")
public final class KeysResource {
    private final ServingGate gate;
    private final Replies replies;
    private final KeyRequests requests;

    public KeysResource(ServingGate gate, Replies replies, KeyRequests requests) {
        this.gate = gate;
        this.replies = replies;
        this.requests = requests;
    }

    /** All keys. */
    @Schema(name = "KeyList")
    public record KeyList(List<KeyView> items) {}

    /**
     * A key that has just been made.
     *
     * @param key what to send; nobody will see it again
     */
    @Schema(name = "IssuedKey")
    public record IssuedKey(
            String id,
            String name,
            String role,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable Integer requestsPerMinute,
            @Nullable Integer examplesPerDay,
            String key) {

        static IssuedKey of(Keyring.Issued issued) {
            KeyView view = KeyView.of(issued.key());
            return new IssuedKey(
                    view.id(),
                    view.name(),
                    view.role(),
                    view.createdAt(),
                    view.expiresAt(),
                    view.requestsPerMinute(),
                    view.examplesPerDay(),
                    issued.secret());
        }
    }

    /** What was revoked. */
    @Schema(name = "RevokedKey")
    public record RevokedKey(String revoked) {}

    @GET
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Lists the keys that are taken, or will be until they expire, without their secrets")
    @APIResponseSchema(KeyList.class)
    public Response list() {
        return replies.ok(
                new KeyList(gate.keyring().all().stream().map(KeyView::of).toList()));
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Makes a key",
            description = "The reply is the only one that shows it; the service keeps its SHA-256. It is not kept for "
                    + "repetitions: revoke a key whose reply was lost. From the first key on every request needs one, as "
                    + "Authorization: Bearer; to change a key make another, have clients use it, and revoke the first. "
                    + "Where more is asked for with a key than it allows, the answer is 429 with Retry-After.")
    @APIResponse(
            responseCode = "201",
            description = "Made",
            content = @Content(schema = @Schema(implementation = IssuedKey.class)))
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = KeyBody.class),
                            examples = @ExampleObject(name = "for who asks", value = Examples.KEY)))
    public Response issue(@Context HttpHeaders headers, @Context SecurityContext security, InputStream body) {
        return requests.issue(gate.keyring(), new KeyRequests.Call(headers, security, body));
    }

    @PUT
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{key}/quota")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Says how much may be asked for with a key, from now on",
            description = "In the place of what was said before; what is left out is as configured. Examples that were "
                    + "taught today stay counted if their number was bounded then.")
    @APIResponseSchema(KeyView.class)
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = QuotaBody.class),
                            examples = @ExampleObject(name = "of requests", value = Examples.QUOTA)))
    public Response bound(@PathParam("key") String key, @Context HttpHeaders headers, InputStream body) {
        return replies.ok(KeyView.of(gate.keyring().bound(key, requests.quota(headers, body))));
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{key}")
    @Operation(summary = "Takes a key no more, from now on")
    @APIResponseSchema(RevokedKey.class)
    public Response revoke(@PathParam("key") String key) {
        gate.keyring().revoke(key);
        return replies.ok(new RevokedKey(key));
    }
}
