// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Arrays;

/**
 * Which row of the vectors belongs to which entity of a graph, in one array. It holds for the graph and the vectors
 * that it was made for and for all snapshots with an overlay that were made of them together. Immutable; safe for
 * concurrent use.
 */
final class EntityRows {
    private final int[] rows;

    EntityRows(KnowledgeGraph graph, EntityVectors vectors) {
        this.rows = new int[graph.baseNumbers()];
        Arrays.fill(rows, -1);
        graph.forEachNumber(entity -> {
            if (entity < rows.length) {
                rows[entity] = vectors.rowOf(graph.idOf(entity));
            }
        });
    }

    /** The row of an entity, or -1 when it has none or one of zeros. */
    int of(KnowledgeGraph graph, EntityVectors vectors, int entity) {
        boolean stays = entity < rows.length && !graph.isChanged(entity);
        int row = stays ? rows[entity] : vectors.rowOf(graph.idOf(entity));
        return row >= 0 && vectors.scale(row) > 0 ? row : -1;
    }
}
