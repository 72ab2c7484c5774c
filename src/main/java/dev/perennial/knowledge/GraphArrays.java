// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.List;

/**
 * A whole graph in few large arrays. Entities, relations included, have numbers from 0 in the order in which they were
 * named first. Immutable by convention: nobody writes into the arrays.
 *
 * @param ids of all entities, by number
 * @param records of all entities, one after the other, as {@link EntityRecord} reads them
 * @param places by entity: where its record begins, or -1 when nothing is stated about it
 * @param subjects entities that something is stated about, in the order in which they came
 * @param hashes by entity: high and low half of its hash
 * @param incoming relations by the entity that they lead to
 * @param uses by entity: how many statements it is the relation of
 * @param languages by number
 */
@SuppressWarnings("ArrayRecordComponent")
record GraphArrays(
        PackedStrings ids,
        byte[] records,
        int[] places,
        int[] subjects,
        long[] hashes,
        Incoming incoming,
        int[] uses,
        List<String> languages) {

    /**
     * Relations by the entity that they lead to.
     *
     * @param begins by entity, and the end after the last one
     * @param relation id's number, by position
     * @param subject the entity that it leads from, by position
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Incoming(int[] begins, int[] relation, int[] subject) {}

    boolean isStated(int entity) {
        return places[entity] >= 0;
    }

    EntityRecord record(int entity) {
        return isStated(entity) ? new EntityRecord(records, places[entity]) : new EntityRecord(EntityRecord.NOTHING, 0);
    }

    EntityHash hash(int entity) {
        return new EntityHash(hashes[2 * entity], hashes[2 * entity + 1]);
    }

    /** Sum over all entities. */
    EntityHash hash() {
        EntityHash sum = EntityHash.NOTHING;
        for (int entity : subjects) {
            sum = sum.plus(hash(entity));
        }
        return sum;
    }

    /** Bytes taken, about. */
    long memory() {
        long ints = 2L * places.length
                + (long) subjects.length
                + incoming.begins.length
                + incoming.relation.length
                + incoming.subject.length;
        return ids.memory() + records.length + Integer.BYTES * ints + (long) Long.BYTES * hashes.length;
    }
}
