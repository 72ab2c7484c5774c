// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import java.util.Objects;

/** Statements (head, relation, tail) about entities and relations that are numbered from 0. Immutable. */
public final class Triples {
    private final int entities;
    private final int relations;
    private final int[] heads;
    private final int[] kinds;
    private final int[] tails;

    private Triples(int entities, int relations, int[] heads, int[] kinds, int[] tails) {
        this.entities = entities;
        this.relations = relations;
        this.heads = heads;
        this.kinds = kinds;
        this.tails = tails;
    }

    /**
     * Copies the arrays.
     *
     * @param vocabulary how many entities and relations there are
     * @param heads entity of each triple
     * @param relations relation of each triple
     * @param tails entity of each triple
     * @throws IndexOutOfBoundsException when a number is not one of the vocabulary
     */
    public static Triples of(Vocabulary vocabulary, int[] heads, int[] relations, int[] tails) {
        if (heads.length != relations.length || heads.length != tails.length) {
            throw new IllegalArgumentException("columns of different lengths");
        }
        for (int i = 0; i < heads.length; i++) {
            Objects.checkIndex(heads[i], vocabulary.entities);
            Objects.checkIndex(relations[i], vocabulary.relations);
            Objects.checkIndex(tails[i], vocabulary.entities);
        }
        return new Triples(vocabulary.entities, vocabulary.relations, heads.clone(), relations.clone(), tails.clone());
    }

    /** How many entities and relations there are. */
    public record Vocabulary(int entities, int relations) {}

    public int size() {
        return heads.length;
    }

    public int entities() {
        return entities;
    }

    public int relations() {
        return relations;
    }

    public int head(int triple) {
        return heads[triple];
    }

    public int relation(int triple) {
        return kinds[triple];
    }

    public int tail(int triple) {
        return tails[triple];
    }
}
