// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.kge.Triples.Vocabulary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Small graphs for tests. */
final class Graphs {
    private Graphs() {}

    /** Triples that were learnt and triples that were not. */
    record Split(Triples train, Triples heldOut) {}

    static Triples of(Vocabulary vocabulary, List<int[]> triples) {
        return Triples.of(
                vocabulary,
                triples.stream().mapToInt(t -> t[0]).toArray(),
                triples.stream().mapToInt(t -> t[1]).toArray(),
                triples.stream().mapToInt(t -> t[2]).toArray());
    }

    /**
     * The fields of a board whose edges meet, in rows of {@code side}: the field to the right, the one above, the one
     * across, and the one two to the right. Every tenth triple is held out.
     */
    static Split board(int side, long seed) {
        List<int[]> triples = new ArrayList<>();
        int[][] moves = {{1, 0}, {0, 1}, {1, 1}, {2, 0}};
        for (int x = 0; x < side; x++) {
            for (int y = 0; y < side; y++) {
                for (int r = 0; r < moves.length; r++) {
                    int other = (x + moves[r][0]) % side * side + (y + moves[r][1]) % side;
                    triples.add(new int[] {x * side + y, r, other});
                }
            }
        }
        Collections.shuffle(triples, new Random(seed));
        Vocabulary vocabulary = new Vocabulary(side * side, moves.length);
        int held = triples.size() / 10;
        return new Split(
                of(vocabulary, triples.subList(held, triples.size())), of(vocabulary, triples.subList(0, held)));
    }

    static Triples random(Vocabulary vocabulary, int count, Random random) {
        List<int[]> triples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            triples.add(new int[] {
                random.nextInt(vocabulary.entities()),
                random.nextInt(vocabulary.relations()),
                random.nextInt(vocabulary.entities())
            });
        }
        return of(vocabulary, triples);
    }
}
