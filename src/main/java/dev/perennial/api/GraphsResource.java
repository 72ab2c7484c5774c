// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.knowledge.GraphDefinition;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.KnowledgeEncoder;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.StoredGraph;
import dev.perennial.refresh.GraphStanding;
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
import java.util.Optional;
import java.util.regex.Pattern;
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

/** Knowledge graphs: defined, listed, removed; and what they are made of. */
@Path("/v1/graphs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Knowledge")
public final class GraphsResource {
    private static final int SERVING_DIGITS = 16;
    private static final Pattern SERVES = Pattern.compile("\\.[0-9a-f]{" + SERVING_DIGITS + "}\"");

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final Object definition = new Object();

    public GraphsResource(ServingGate gate, Limits limits, Bodies bodies, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
    }

    /** One page of graphs. */
    @Schema(name = "GraphPage")
    public record GraphPage(List<GraphView> items, @Nullable String nextCursor) {}

    /**
     * The definition of a graph.
     *
     * @param description what it is about, for people; none when it is missing
     */
    @Schema(name = "GraphDefinition")
    public record GraphBody(@Nullable String description) {}

    /** What a removal did. */
    @Schema(name = "RemovedFromGraphs")
    public record Removed(String revision, String removed) {}

    /**
     * A source of a graph.
     *
     * @param id its name
     * @param origin where it was found
     * @param licence on which terms
     * @param trust how far it is believed
     * @param statementsTotal how many statements it makes
     */
    @Schema(name = "GraphSource")
    public record SourceView(String id, String origin, String licence, double trust, long statementsTotal) {

        static SourceView of(KnowledgeStore.Contribution source) {
            return new SourceView(
                    source.provenance().source(),
                    source.provenance().origin(),
                    source.provenance().licence(),
                    source.provenance().trust(),
                    source.statements());
        }
    }

    /** One page of the sources of a graph. */
    @Schema(name = "GraphSourcePage")
    public record SourcePage(
            List<SourceView> items, @Nullable String nextCursor) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Lists the knowledge graphs, in the order of their ids")
    @APIResponseSchema(GraphPage.class)
    public Response list(@QueryParam("limit") @Nullable String limit, @QueryParam("cursor") @Nullable String cursor) {
        Page<StoredGraph> page = Page.of(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                store()::graphs,
                graph -> graph.definition().id().value());
        return replies.ok(page.map(this::view));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{graph}")
    @Operation(
            summary = "A knowledge graph: what it is about, how much it states, and what vectors serve",
            description = "The ETag changes with all of that. If-Match looks at its revision alone.")
    @APIResponseSchema(GraphView.class)
    @APIResponse(responseCode = "304", description = "If-None-Match names the present ETag")
    public Response get(@PathParam("graph") String graph, @Context HttpHeaders headers) {
        StoredGraph stored = stored(GraphIds.inPath(graph));
        String tag = tag(stored);
        String known = headers.getHeaderString(HttpHeaders.IF_NONE_MATCH);
        return known != null && known.contains(tag)
                ? Response.notModified().header(HttpHeaders.ETAG, tag).build()
                : reply(200, stored);
    }

    @PUT
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{graph}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Defines a knowledge graph, or replaces its definition",
            description = "Statements stay. If-Match names the revision to be replaced; If-None-Match: * creates only.")
    @APIResponse(
            responseCode = "201",
            description = "Created",
            content = @Content(schema = @Schema(implementation = GraphView.class)))
    @APIResponse(
            responseCode = "200",
            description = "Replaced",
            content = @Content(schema = @Schema(implementation = GraphView.class)))
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = GraphBody.class),
                            examples =
                                    @ExampleObject(
                                            name = "places",
                                            value = "{\"description\": \"Countries and their capitals\"}")))
    public Response define(
            @Parameter(schema = @Schema(pattern = GraphIds.SHAPE)) @PathParam("graph") String graph,
            @Context HttpHeaders headers,
            InputStream body) {
        GraphId id = GraphIds.fresh(graph);
        GraphBody request =
                bodies.json(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()), GraphBody.class);
        String description = Wording.of(
                request.description(), "/description", "graph_description_chars", limits.graphDescriptionChars());
        synchronized (definition) {
            requireExpected(headers, id);
            if (store().graph(id).isEmpty() && store().graphs().size() >= limits.graphs()) {
                throw new Refusal.TooLarge("graphs", limits.graphs(), limits.graphs() + 1L);
            }
            KnowledgeStore.Defined defined = gate.serving().graphs().define(new GraphDefinition(id, description));
            return reply(defined.created() ? 201 : 200, defined.graph());
        }
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{graph}")
    @Operation(summary = "Removes a knowledge graph and all that is stated in it for good")
    @APIResponseSchema(Removed.class)
    public Response remove(@PathParam("graph") String graph, @Context HttpHeaders headers) {
        GraphId id = GraphIds.inPath(graph);
        synchronized (definition) {
            stored(id);
            requireExpected(headers, id);
            return replies.ok(new Removed(gate.serving().graphs().remove(id).toString(), id.value()));
        }
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{graph}/sources")
    @Operation(
            summary =
                    "Lists the sources of a graph, in the order of their ids: where statements come from, on which terms")
    @APIResponseSchema(SourcePage.class)
    public Response sources(
            @PathParam("graph") String graph,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        Page<KnowledgeStore.Contribution> page = Page.ofAll(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                store().sources(GraphIds.inPath(graph)),
                source -> source.provenance().source());
        return replies.ok(page.map(SourceView::of));
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{graph}/sources/{source}")
    @Operation(
            summary = "Removes all statements of a source for good",
            description = "What another source states as well stays. The source `edits` holds what was put for single "
                    + "entities.")
    @APIResponseSchema(Removed.class)
    public Response removeSource(@PathParam("graph") String graph, @PathParam("source") String source) {
        GraphId id = GraphIds.inPath(graph);
        String name = GraphIds.sourceInPath(source);
        return replies.ok(
                new Removed(gate.serving().graphs().removeSource(id, name).toString(), name));
    }

    private KnowledgeStore store() {
        return gate.serving().graphs().store();
    }

    private StoredGraph stored(GraphId id) {
        return store().graph(id).orElseThrow(() -> new Refusal.NotFound("graph", id.value()));
    }

    private void requireExpected(HttpHeaders headers, GraphId id) {
        Optional<StoredGraph> present = store().graph(id);
        EntityTags.require(
                revisions(headers.getHeaderString(HttpHeaders.IF_MATCH)),
                headers.getHeaderString(HttpHeaders.IF_NONE_MATCH),
                present.map(StoredGraph::revision));
    }

    private Response reply(int status, StoredGraph graph) {
        return replies.of(status, view(graph))
                .header(HttpHeaders.ETAG, tag(graph))
                .build();
    }

    private GraphView view(StoredGraph graph) {
        GraphId id = graph.definition().id();
        GraphStanding standing = gate.serving().graphKeeper().standing(id);
        return GraphView.of(graph, store().sources(id).size(), serving(id), standing.state());
    }

    private Optional<KnowledgeEncoder> serving(GraphId id) {
        return gate.serving().graphKeeper().find(id);
    }

    /** The revision, and what serves. */
    private String tag(StoredGraph graph) {
        String serves = serving(graph.definition().id())
                .map(one -> "." + one.info().digest().substring(0, SERVING_DIGITS))
                .orElse("");
        return "\"" + graph.revision() + serves + "\"";
    }

    /** Entity tags less what serves: a change of it is no change of the definition. */
    private static @Nullable String revisions(@Nullable String tags) {
        return tags == null ? null : SERVES.matcher(tags).replaceAll("\"");
    }
}
