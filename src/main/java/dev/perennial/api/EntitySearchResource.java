// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.knowledge.FoundEntity;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.KnowledgeEncoder;
import dev.perennial.refusal.Refusal;
import dev.perennial.text.Text;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Finds entities of a graph by their names. */
@Path("/v1/graphs/{graph}/entities")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Knowledge")
public final class EntitySearchResource {
    private static final int AT_ONCE = 2;

    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;
    private final Admission admission;

    public EntitySearchResource(ServingGate gate, Limits limits, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
        this.admission = new Admission(gate, "searches for entities", AT_ONCE);
    }

    /**
     * An entity that was found.
     *
     * @param label its first name
     * @param prior how probable it is that the query means it; 0 where the query is only a part of a name
     */
    @Schema(name = "FoundEntity")
    public record FoundEntityView(
            String id, String label, @Nullable String description, double prior) {

        static FoundEntityView of(FoundEntity found) {
            return new FoundEntityView(
                    found.entity(), found.label(), found.description().orElse(null), found.prior());
        }
    }

    /**
     * A page of entities whose names are the query, the most probable first, then those of whose names it is a part.
     */
    @Schema(name = "FoundEntities")
    public record FoundEntitiesView(
            List<FoundEntityView> items, @Nullable String nextCursor) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "Finds entities by name",
            description = "First those that the query is a name of, the most probable first, then those with a name "
                    + "that it is a part of, in the order of their ids. Without a query, all of them in that order.")
    @Parameter(name = "query", description = "A name, or a part of one")
    @APIResponseSchema(FoundEntitiesView.class)
    public Response search(
            @PathParam("graph") String graph,
            @QueryParam("query") @Nullable String query,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        GraphId id = GraphIds.inPath(graph);
        String words = query == null ? "" : query;
        if (words.length() > limits.textChars()) {
            throw new Refusal.TooLarge("text_chars", limits.textChars(), words.length());
        }
        Page.Asked asked = new Page.Asked(limit, cursor);
        int most = asked.items(limits.pageItems());
        String after = asked.after(
                entity -> Text.flawIn(entity, limits.entityIdChars()).isEmpty());
        KnowledgeEncoder serving = (KnowledgeEncoder) gate.serving().live(id).snapshot();
        List<FoundEntity> found = admission.admit(() -> serving.linker().search(words, after, most + 1));
        return replies.ok(Page.of(most, found, FoundEntity::entity).map(FoundEntityView::of));
    }
}
