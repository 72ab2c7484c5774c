// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.document.DocumentSource;
import dev.perennial.document.DocumentStore;
import dev.perennial.document.Library;
import dev.perennial.document.SourceId;
import dev.perennial.document.StoredSource;
import dev.perennial.refusal.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Sources of documents: defined, listed, removed with all that came from them. */
@Path("/v1/sources")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Documents")
public final class SourcesResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    /** Sources are created one after the other, so that they can be counted. */
    private final Object creation = new Object();

    public SourcesResource(ServingGate gate, Limits limits, Bodies bodies, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
    }

    /** One page of sources. */
    @Schema(name = "SourcePage")
    public record SourcePage(
            List<SourceView> items, @Nullable String nextCursor) {}

    /** What a removal did. */
    @Schema(name = "RemovedSource")
    public record RemovedSource(String revision, String removed) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Lists the sources of documents, in the order of their ids")
    @APIResponseSchema(SourcePage.class)
    public Response list(@QueryParam("limit") @Nullable String limit, @QueryParam("cursor") @Nullable String cursor) {
        Library library = gate.serving().library();
        Page<StoredSource> page = Page.of(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                library.store()::sources,
                stored -> stored.source().id().value());
        return replies.ok(page.map(SourceView::of));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{source}")
    @Operation(summary = "A source: its definition, revision and number of documents")
    @APIResponseSchema(SourceView.class)
    public Response get(@PathParam("source") String source) {
        return reply(200, existing(gate.serving().library(), source));
    }

    @PUT
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{source}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Defines a source of documents, or replaces its definition",
            description = "Its documents stay. If-Match names the revision to be replaced; If-None-Match: * creates "
                    + "only.")
    @APIResponse(
            responseCode = "201",
            description = "Created",
            content = @Content(schema = @Schema(implementation = SourceView.class)))
    @APIResponse(
            responseCode = "200",
            description = "Replaced",
            content = @Content(schema = @Schema(implementation = SourceView.class)))
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = SourceBody.class),
                            examples = @ExampleObject(name = "an encyclopedia", value = DocumentExamples.SOURCE)))
    public Response define(
            @Parameter(schema = @Schema(pattern = "[a-z0-9][a-z0-9-]{0,62}")) @PathParam("source") String name,
            @Context HttpHeaders headers,
            InputStream body) {
        Library library = gate.serving().library();
        if (!SourceId.isValid(name)) {
            throw new Refusal.Invalid("", "the source's id in the path must match [a-z0-9][a-z0-9-]{0,62}");
        }
        SourceId id = new SourceId(name);
        DocumentSource source = bodies.json(
                        headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()), SourceBody.class)
                .source(id, limits);
        DocumentStore.Defined defined;
        synchronized (creation) {
            require(headers, library, id);
            defined = library.define(source);
        }
        return reply(defined.created() ? 201 : 200, defined.source());
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{source}")
    @Operation(
            summary = "Removes a source and all its documents for good",
            description = "Afterwards nothing of their texts is in the store or in the index.")
    @APIResponseSchema(RemovedSource.class)
    public Response remove(@PathParam("source") String source) {
        Library library = gate.serving().library();
        SourceId id = existing(library, source).source().id();
        return replies.ok(new RemovedSource(library.remove(id).toString(), id.value()));
    }

    static StoredSource existing(Library library, String source) {
        SourceId id = PathIds.source(source);
        return library.store().source(id).orElseThrow(() -> new Refusal.NotFound("source", id.value()));
    }

    private void require(HttpHeaders headers, Library library, SourceId id) {
        var present = library.store().source(id);
        EntityTags.require(
                headers.getHeaderString(HttpHeaders.IF_MATCH),
                headers.getHeaderString(HttpHeaders.IF_NONE_MATCH),
                present.map(StoredSource::revision));
        if (present.isEmpty() && library.store().sources("", limits.sources()).size() >= limits.sources()) {
            throw new Refusal.TooLarge("sources", limits.sources(), limits.sources() + 1L);
        }
    }

    private Response reply(int status, StoredSource stored) {
        return replies.of(status, SourceView.of(stored))
                .header(HttpHeaders.ETAG, EntityTags.of(stored.revision()))
                .build();
    }
}
