// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Which row of the vectors belongs to which entity of a graph, in one array, with an overlay for entities whose row has
 * changed since. Immutable; safe for concurrent use.
 */
final class EntityRows {
    private final int[] rows;
    private final Map<Integer, Integer> changed;

    EntityRows(KnowledgeGraph graph, EntityVectors vectors) {
        this.rows = new int[graph.numbers()];
        this.changed = Map.of();
        Arrays.fill(rows, -1);
        graph.forEachNumber(entity -> rows[entity] = vectors.rowOf(graph.idOf(entity)));
    }

    private EntityRows(int[] rows, Map<Integer, Integer> changed) {
        this.rows = rows;
        this.changed = changed;
    }

    /** The rows after some entities of a graph, which is a snapshot of the same one, have got others. */
    EntityRows with(KnowledgeGraph graph, EntityVectors vectors, Collection<String> entities) {
        Map<Integer, Integer> next = new HashMap<>(changed);
        for (String entity : entities) {
            int number = graph.numberOf(entity);
            if (number >= 0) {
                next.put(number, graph.contains(entity) ? vectors.rowOf(entity) : -1);
            }
        }
        return new EntityRows(rows, next);
    }

    /** These rows, each given to another entity by lot. */
    RowExchange exchange(KnowledgeGraph graph, EntityVectors vectors, long seed) {
        long[] keys = new long[graph.entities()];
        int[] own = new int[graph.entities()];
        int[] size = new int[1];
        graph.forEachNumber(entity -> {
            int row = of(vectors, entity);
            if (row >= 0) {
                keys[size[0]] = vectors.key(row).orElseGet(() -> EntityVectors.key(graph.idOf(entity)));
                own[size[0]++] = row;
            }
        });
        return RowExchange.of(Arrays.copyOf(keys, size[0]), Arrays.copyOf(own, size[0]), seed);
    }

    /** The row of an entity, or -1 when it has none or one of zeros. */
    int of(EntityVectors vectors, int entity) {
        int before = entity < rows.length ? rows[entity] : -1;
        int row = changed.isEmpty() ? before : changed.getOrDefault(entity, before);
        return row >= 0 && vectors.scale(row) > 0 ? row : -1;
    }
}
