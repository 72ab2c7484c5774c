// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import java.util.List;

/**
 * An encoder that reads the names of entities in a text and nothing else, and can say which ones it has read. The last
 * component of its embeddings says how little is known: it is 1 when no entity is named, and less otherwise.
 */
public interface LinkingEncoder extends Encoder {

    /** The entities that a passage names, in the order of their mentions; their weights are those in its embedding. */
    List<LinkedEntity> links(Passage passage);

    /** Names the space of its vectors: heads over those of one space say nothing of those of another. */
    default String space() {
        return "";
    }

    /**
     * The same encoder with the vectors of its entities dealt out among them anew: as much is linked, and what it says
     * is of the same form, but of the wrong entities. What is as good with it owes nothing to knowledge.
     *
     * @param seed of the deal
     */
    LinkingEncoder shuffled(long seed);
}
