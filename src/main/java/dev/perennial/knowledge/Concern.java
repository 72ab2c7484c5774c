// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.IntBinaryOperator;
import java.util.stream.LongStream;

/**
 * Which other entities it may concern that an entity is said to be something else: those at the other ends of relations
 * that come or go, and all its neighbours when it is called something else. Takes time in proportion to what is stated
 * about the entity and to {@link Late#MOST}, however many have a relation to it. Owned by one thread.
 */
final class Concern {
    private final KnowledgeGraph before;
    private final KnowledgeGraph after;
    private final int entity;
    private final boolean renamed;

    /** @param after a snapshot that was made of the one before */
    Concern(KnowledgeGraph before, KnowledgeGraph after, String entity) {
        this.before = before;
        this.after = after;
        this.entity = after.numberOf(entity);
        this.renamed = !before.relationName(entity).equals(after.relationName(entity));
    }

    /** The others; or that they are too many. */
    Late others() {
        if (renamed && after.isRelation(entity)) {
            // It concerns whatever stands in some relation, since that is what has another name.
            return Late.TOO_MANY;
        }
        Set<Integer> others = new LinkedHashSet<>();
        IntBinaryOperator reader = (relation, other) -> {
            if (other != entity) {
                others.add(other);
            }
            return others.size() <= Late.MOST ? 1 : 0;
        };
        if (renamed) {
            before.visitOut(entity, reader);
            after.visitOut(entity, reader);
            after.visitIn(entity, reader);
        } else {
            long[] earlier = relations(before);
            long[] later = relations(after);
            visitMissing(earlier, later, reader);
            visitMissing(later, earlier, reader);
        }
        Set<String> ids = new LinkedHashSet<>();
        others.forEach(other -> ids.add(after.idOf(other)));
        return Late.of(ids);
    }

    /** What a graph says that the entity has relations to: relation and other in one number each, in their order. */
    private long[] relations(KnowledgeGraph graph) {
        LongStream.Builder relations = LongStream.builder();
        graph.visitOut(entity, (relation, other) -> {
            relations.add((long) relation << Integer.SIZE | other);
            return 1;
        });
        return relations.build().sorted().toArray();
    }

    private static void visitMissing(long[] relations, long[] known, IntBinaryOperator reader) {
        for (long relation : relations) {
            if (Arrays.binarySearch(known, relation) < 0
                    && reader.applyAsInt((int) (relation >> Integer.SIZE), (int) relation) == 0) {
                return;
            }
        }
    }
}
