// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.blas.OpenBlas;
import dev.perennial.kge.Triples.Vocabulary;
import dev.perennial.math.FloatMatrix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LinkEvaluationTest {
    private static final long SEED = Long.getLong("perennial.seed", 4);
    private static final Vocabulary VOCABULARY = new Vocabulary(40, 3);
    private final OpenBlas algebra = new OpenBlas(0);

    /** Small whole numbers make many ties, and scores that are exact. */
    @ParameterizedTest
    @EnumSource(names = {"COMPLEX", "DISTMULT", "TRANSE"})
    void ranks_areThoseOfPlainLoops_withTiesAtTheMean(GraphModel model) {
        Random random = new Random(SEED);
        GraphVectors vectors = new GraphVectors(
                model, 2, whole(40, model.entityWidth(2), random), whole(6, model.relationWidth(2), random));
        Triples train = Graphs.random(VOCABULARY, 150, random);
        Triples test = Graphs.random(VOCABULARY, 60, random);

        LinkMetrics metrics = LinkEvaluation.of(algebra, List.of(train, test)).evaluate(vectors, test);

        List<Double> ranks = plainRanks(vectors, train, test);
        assertThat(ranks).anyMatch(rank -> rank % 1 != 0);
        assertThat(metrics.triples()).isEqualTo(ranks.size() / 2);
        assertThat(metrics.meanReciprocalRank())
                .isCloseTo(
                        ranks.stream().mapToDouble(rank -> 1 / rank).average().orElseThrow(), within(1e-12));
        assertThat(metrics.hitsAt1()).isEqualTo(share(ranks, 1));
        assertThat(metrics.hitsAt3()).isEqualTo(share(ranks, 3));
        assertThat(metrics.hitsAt10()).isEqualTo(share(ranks, 10));
    }

    @Test
    void vectorsOfAnotherGraph_areRefused() {
        Triples other = Graphs.random(new Vocabulary(39, 3), 5, new Random(SEED));
        GraphVectors vectors = GraphVectors.initial(TrainingSettings.of(GraphModel.COMPLEX), 40, 3);
        LinkEvaluation evaluation = LinkEvaluation.of(algebra, List.of(other));
        assertThatThrownBy(() -> evaluation.evaluate(vectors, other)).isInstanceOf(IllegalArgumentException.class);
    }

    private static double share(List<Double> ranks, int most) {
        return ranks.stream().filter(rank -> rank <= most).count() / (double) ranks.size();
    }

    private static List<Double> plainRanks(GraphVectors vectors, Triples train, Triples test) {
        Set<List<Integer>> known = new HashSet<>();
        for (Triples part : List.of(train, test)) {
            for (int i = 0; i < part.size(); i++) {
                known.add(List.of(part.head(i), part.relation(i), part.tail(i)));
            }
        }
        Set<List<Integer>> seen = new HashSet<>();
        List<Double> ranks = new ArrayList<>();
        for (int i = 0; i < test.size(); i++) {
            List<Integer> triple = List.of(test.head(i), test.relation(i), test.tail(i));
            if (seen.add(triple)) {
                ranks.add(plainRank(vectors, known, triple, true));
                ranks.add(plainRank(vectors, known, triple, false));
            }
        }
        return ranks;
    }

    private static double plainRank(
            GraphVectors vectors, Set<List<Integer>> known, List<Integer> triple, boolean tail) {
        double right = score(vectors, triple, tail);
        double rank = 1;
        for (int entity = 0; entity < VOCABULARY.entities(); entity++) {
            List<Integer> other = tail
                    ? List.of(triple.get(0), triple.get(1), entity)
                    : List.of(entity, triple.get(1), triple.get(2));
            if (!known.contains(other)) {
                double score = score(vectors, other, tail);
                rank += score > right ? 1 : score == right ? 0.5 : 0;
            }
        }
        return rank;
    }

    /** Heads are answers to the inverse relation, which is numbered after all relations. */
    private static double score(GraphVectors vectors, List<Integer> triple, boolean tail) {
        return tail
                ? vectors.score(triple.get(0), triple.get(1), triple.get(2))
                : vectors.score(triple.get(2), triple.get(1) + VOCABULARY.relations(), triple.get(0));
    }

    private static FloatMatrix whole(int rows, int columns, Random random) {
        FloatMatrix matrix = FloatMatrix.zeros(rows, columns);
        for (int i = 0; i < matrix.data().length; i++) {
            matrix.data()[i] = random.nextInt(5) - 2;
        }
        return matrix;
    }
}
