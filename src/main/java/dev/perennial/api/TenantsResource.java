// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.access.Tenant;
import dev.perennial.access.TenantId;
import dev.perennial.refusal.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Tenants, each with tasks, texts, keys and jobs of its own; looked after by operators of the default one. */
@Path("/v1/tenants")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Operations")
public final class TenantsResource {
    private final Tenants tenants;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final KeyRequests keys;

    public TenantsResource(Tenants tenants, Limits limits, Bodies bodies, Replies replies, KeyRequests keys) {
        this.tenants = tenants;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.keys = keys;
    }

    /** One page of tenants. */
    @Schema(name = "TenantPage")
    public record TenantPage(
            List<TenantView> items, @Nullable String nextCursor) {}

    /**
     * What a removal did.
     *
     * @param removed id of the tenant
     * @param deleted whether all that it had kept is deleted; what is not yet will be
     */
    @Schema(name = "RemovedTenant")
    public record RemovedTenant(String removed, boolean deleted) {}

    @GET
    @RolesAllowed(Roles.ADMINISTRATOR)
    @Operation(summary = "Lists the tenants beside the default one, in the order of their ids")
    @APIResponseSchema(TenantPage.class)
    public Response list(@QueryParam("limit") @Nullable String limit, @QueryParam("cursor") @Nullable String cursor) {
        Page<Tenant> page = Page.ofAll(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                tenants.all(),
                tenant -> tenant.id().value());
        Page<TenantView> views = page.map(this::view);
        return replies.ok(new TenantPage(views.items(), views.nextCursor()));
    }

    @GET
    @RolesAllowed(Roles.ADMINISTRATOR)
    @Path("/{tenant}")
    @Operation(summary = "A tenant")
    @APIResponseSchema(TenantView.class)
    public Response get(@PathParam("tenant") String tenant) {
        return replies.ok(view(existing(inPath(tenant))));
    }

    @PUT
    @RolesAllowed(Roles.ADMINISTRATOR)
    @Path("/{tenant}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Makes a tenant, or gives one another name",
            description = "It has a store of its own, empty, and no key yet: make its first operator's by "
                    + "POST /v1/tenants/{tenant}/keys. Requests never name a tenant; their keys say whose they are. "
                    + "Its tasks, texts, keys, jobs, audit events and ids are nobody else's to see.")
    @APIResponseSchema(TenantView.class)
    @APIResponse(
            responseCode = "201",
            description = "Made",
            content = @Content(schema = @Schema(implementation = TenantView.class)))
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TenantBody.class),
                            examples = @ExampleObject(name = "a tenant", value = "{\"name\": \"Acme\"}")))
    public Response put(@PathParam("tenant") String tenant, @Context HttpHeaders headers, InputStream body) {
        if (!TenantId.isValid(tenant)) {
            throw new Refusal.Invalid(
                    "", "the tenant in the path must be of 1 to 32 lower-case letters, digits and dashes inside");
        }
        TenantId id = new TenantId(tenant);
        TenantBody wanted =
                bodies.json(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()), TenantBody.class);
        String name = Wording.of(wanted.name(), "/name", "origin_chars", limits.originChars());
        boolean isNew = tenants.put(id, Optional.of(name).filter(said -> !said.isEmpty()));
        return replies.of(isNew ? 201 : 200, view(existing(id))).build();
    }

    @DELETE
    @RolesAllowed(Roles.ADMINISTRATOR)
    @Path("/{tenant}")
    @Operation(
            summary = "Removes a tenant with all that it has kept",
            description = "Its keys are taken no more from now on, and its store and files are deleted.")
    @APIResponseSchema(RemovedTenant.class)
    public Response remove(@PathParam("tenant") String tenant) {
        TenantId id = inPath(tenant);
        return replies.ok(new RemovedTenant(id.value(), tenants.remove(id)));
    }

    @POST
    @RolesAllowed(Roles.ADMINISTRATOR)
    @Path("/{tenant}/keys")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Makes a key of a tenant",
            description = "The first must be an operator's that does not expire: with it the tenant makes its others, "
                    + "by POST /v1/keys. The reply is the only one that shows it.")
    @APIResponse(
            responseCode = "201",
            description = "Made",
            content = @Content(schema = @Schema(implementation = KeysResource.IssuedKey.class)))
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = KeyBody.class),
                            examples = @ExampleObject(name = "for the operator", value = Examples.OPERATOR_KEY)))
    public Response issueKey(
            @PathParam("tenant") String tenant,
            @Context HttpHeaders headers,
            @Context SecurityContext security,
            InputStream body) {
        return keys.issueFor(tenants.keyring(inPath(tenant)), new KeyRequests.Call(headers, security, body));
    }

    private TenantView view(Tenant tenant) {
        return TenantView.of(tenant, tenants.isServed(tenant.id()));
    }

    private Tenant existing(TenantId id) {
        return tenants.all().stream()
                .filter(tenant -> tenant.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new Refusal.NotFound("tenant", id.value()));
    }

    private static TenantId inPath(String value) {
        if (!TenantId.isValid(value)) {
            throw new NotFoundException();
        }
        return new TenantId(value);
    }
}
