// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.encode.EncoderInfo;
import dev.perennial.knowledge.KnowledgeEncoder;
import dev.perennial.knowledge.StoredGraph;
import dev.perennial.refresh.GraphStanding;
import dev.perennial.refresh.TrainedBy;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A knowledge graph in a reply.
 *
 * @param id its name
 * @param description what it is about
 * @param revision the last change of its definition or its statements
 * @param createdAt when it was first defined
 */
@Schema(name = "Graph")
public record GraphView(
        String id,
        String description,
        String revision,

        @Schema(description = "How many statements its sources make together")
        long statementsTotal,

        @Schema(description = "How many sources it has; all entities that were put are one, `edits`")
        int sourcesTotal,

        @Schema(description = "Of how many entities something is stated, as it serves; null while it has not been read")
        @Nullable
        Integer entitiesTotal,

        @Schema(description = "The vectors that serve; null while it has not been read") @Nullable
        VectorsView vectors,

        @Schema(
                enumeration = {"current", "following", "unreadable"},
                description = "current: it serves as it is stated. following: something that was stated is being read. "
                        + "unreadable: it could not be read, serves as it was, if it ever did, and is tried again")
        String state,

        Instant createdAt) {

    /** The vectors of a graph's entities that serve; what each member is stands in its schema. */
    @Schema(name = "GraphVectorsServing")
    public record VectorsView(
            @Schema(
                    enumeration = {"textual", "trained", "imported"},
                    description = "textual: read by a member from what is said of each entity")
            String kind,

            @Schema(description = "textual alone: id of the member that reads") @Nullable
            String member,

            @Schema(description = "trained alone: id of the job that trained them") @Nullable
            String job,

            @Schema(description = "Numbers of each") int dimension,

            @Schema(description = "How many entities have one")
            int entities,

            @Schema(
                    description = "Whether the graph states something else than when they were trained. Textual ones "
                            + "follow the graph, and imported ones know nothing of it")
            boolean stale) {

        static VectorsView of(KnowledgeEncoder graph) {
            Optional<TrainedBy> trained = TrainedBy.of(graph.vectors());
            String otherwise = trained.isPresent() ? "trained" : "imported";
            return new VectorsView(
                    graph.reader().isPresent() ? "textual" : otherwise,
                    graph.reader().map(EncoderInfo::id).orElse(null),
                    trained.map(TrainedBy::job).orElse(null),
                    graph.vectors().dimension(),
                    graph.vectors().entities(),
                    trained.filter(by -> by.isStale(graph.graph())).isPresent());
        }
    }

    /**
     * @param sources how many it has
     * @param serving the graph as it serves
     * @param state how far that is behind
     */
    static GraphView of(StoredGraph graph, int sources, Optional<KnowledgeEncoder> serving, GraphStanding.State state) {
        return new GraphView(
                graph.definition().id().value(),
                graph.definition().description(),
                graph.revision().toString(),
                graph.statements(),
                sources,
                serving.map(one -> one.graph().entities()).orElse(null),
                serving.map(VectorsView::of).orElse(null),
                state.name().toLowerCase(Locale.ROOT),
                graph.createdAt());
    }
}
