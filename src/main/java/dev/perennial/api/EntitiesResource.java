// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.KnowledgeStore.Stated;
import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.StoredGraph;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
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
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Single entities of a graph: read, and said anew. Ids may be IRIs, percent-encoded. */
@Path("/v1/graphs/{graph}/entities/{entity:.+}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Knowledge")
public final class EntitiesResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;

    public EntitiesResource(ServingGate gate, Limits limits, Bodies bodies, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
    }

    /** What a change of an entity did. */
    @Schema(name = "EditedEntity")
    public record Edited(String revision, EntityView entity) {}

    /** What taking a change back did. */
    @Schema(name = "RevertedEntity")
    public record Reverted(String revision, String reverted) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "What is stated of an entity",
            description = "404 when nothing is, also where other entities are related to it.")
    @APIResponseSchema(EntityView.class)
    public Response get(@PathParam("graph") String graph, @PathParam("entity") String entity) {
        GraphId id = GraphIds.inPath(graph);
        EntityDefinitions.requireId(entity, limits);
        Stated stated = gate.serving().graphs().store().statements(id, entity);
        if (stated.sources().isEmpty()) {
            throw new Refusal.NotFound("entity of this id with a statement about it in the graph", id.value());
        }
        return replies.ok(EntityView.of(id, entity, stated, limits.entityStatements()));
    }

    @PUT
    @RolesAllowed(Roles.OPERATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Says anew what an entity is",
            description =
                    "It takes the place of all that the graph's sources state of the entity, until it is deleted. "
                            + "An empty object says that there is nothing to be said. Live on the next request.")
    @APIResponseSchema(Edited.class)
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EntityBody.class),
                            examples = @ExampleObject(name = "a city", value = """
                                                    {"labels": {"en": "Oslo"}, "aliases": {"en": ["Christiania"]},
                                                     "description": {"en": "the capital of Norway"},
                                                     "triples": [{"relation": "capital_of", "tail": "norway"}],
                                                     "attributes": [{"attribute": "population", "value": "709037"}]}""")))
    public Response edit(
            @PathParam("graph") String graph,
            @PathParam("entity") String entity,
            @Context HttpHeaders headers,
            InputStream body) {
        Serving serving = gate.serving();
        GraphId id = GraphIds.inPath(graph);
        EntityDefinitions.requireId(entity, limits);
        EntityBody request =
                bodies.json(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()), EntityBody.class);
        List<Statement> statements = new EntityDefinitions(limits, entity).read(request);
        requireRoom(serving, id, statements.size());
        RevisionId revision = serving.graphs().edit(id, entity, statements);
        Stated stated = serving.graphs().store().statements(id, entity);
        return replies.ok(
                new Edited(revision.toString(), EntityView.of(id, entity, stated, limits.entityStatements())));
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Operation(
            summary = "Takes back what was put for an entity",
            description = "What the graph's sources state of it is heard again. 404 when nothing was put.")
    @APIResponseSchema(Reverted.class)
    public Response revert(@PathParam("graph") String graph, @PathParam("entity") String entity) {
        EntityDefinitions.requireId(entity, limits);
        GraphId id = GraphIds.inPath(graph);
        RevisionId revision = gate.serving()
                .graphs()
                .revert(id, entity)
                .orElseThrow(() ->
                        new Refusal.NotFound("entity of this id for which something was put in the graph", id.value()));
        return replies.ok(new Reverted(revision.toString(), entity));
    }

    private void requireRoom(Serving serving, GraphId id, int more) {
        long present =
                serving.graphs().store().graph(id).map(StoredGraph::statements).orElse(0L);
        if (present + more > limits.graphStatements()) {
            throw new Refusal.TooLarge("graph_statements", limits.graphStatements(), present + more);
        }
    }
}
