// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Collection;

/**
 * What decides which vector an entity of a graph has: a function of what the graph states now, whichever way it came to
 * that. Immutable; safe for concurrent use.
 */
sealed interface EntitySpeech permits ReadSpeech, InferredVectors {

    /**
     * Vectors in which some entities have those that the graph gives them now.
     *
     * @param speech decides from then on
     * @param late other entities, whose vectors are not what they should be any more
     */
    record Spoken(EntitySpeech speech, EntityVectors vectors, Late late) {}

    /**
     * Gives entities the vectors that they should have.
     *
     * @param before how they were described before
     * @param linker of the graph as it is now
     */
    Spoken spoken(EntityVectors vectors, Linker before, Linker linker, Collection<String> entities);

    /**
     * Whether an entity keeps its vector although a neighbour is said to be something else.
     *
     * @param linker of either
     */
    boolean keeps(Linker linker, KnowledgeGraph before, KnowledgeGraph after, String entity);

    /** Names all that the vectors of a graph are made of. */
    String source(Linker linker);

    /** Names the space of the vectors. */
    String space();
}
