// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.knowledge.StoredGraph;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A knowledge graph in a reply.
 *
 * @param id its name
 * @param description what it is about
 * @param revision the last change of its definition or its statements
 * @param statementsTotal how many statements its sources make together
 * @param createdAt when it was first defined
 */
@Schema(name = "Graph")
public record GraphView(String id, String description, String revision, long statementsTotal, Instant createdAt) {

    static GraphView of(StoredGraph graph) {
        return new GraphView(
                graph.definition().id().value(),
                graph.definition().description(),
                graph.revision().toString(),
                graph.statements(),
                graph.createdAt());
    }
}
