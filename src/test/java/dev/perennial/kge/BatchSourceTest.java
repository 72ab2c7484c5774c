// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.kge.Triples.Vocabulary;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an epoch and its batches hold. */
final class BatchSourceTest {
    private static final long SEED = Long.getLong("perennial.seed", 6);
    private static final Vocabulary VOCABULARY = new Vocabulary(50, 2);
    private static final Triples TRIPLES = Graphs.random(VOCABULARY, 900, new Random(SEED));

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 1000})
    void epoch_holdsEveryDistinctTripleOnceInBothDirections(int negatives) {
        Set<List<Integer>> expected = new HashSet<>();
        for (int i = 0; i < TRIPLES.size(); i++) {
            expected.add(List.of(TRIPLES.head(i), TRIPLES.relation(i), TRIPLES.tail(i)));
            expected.add(List.of(TRIPLES.tail(i), TRIPLES.relation(i) + 2, TRIPLES.head(i)));
        }
        Set<List<Integer>> seen = new HashSet<>();
        SplittableRandom random = new SplittableRandom(SEED);
        EpochPlan plan = EpochPlan.of(AnswerIndex.of(List.of(TRIPLES)), random);
        BatchSource source = new BatchSource(50, negatives);
        int most = source.mostObjects(10);
        for (int turn = 0; turn < plan.turns(); turn += 10) {
            Batch batch = source.batch(plan, turn, Math.min(plan.turns(), turn + 10), random);
            int[] objects = batch.objects();
            assertThat(Arrays.stream(objects).distinct().count()).isEqualTo(objects.length);
            assertThat(objects.length).isLessThanOrEqualTo(most);
            assertThat(batch.named() + batch.weightOfDrawn() * (objects.length - batch.named()))
                    .as("entities that the objects stand for")
                    .isEqualTo(50);
            for (int q = 0; q < batch.questions(); q++) {
                assertThat(batch.answersOf(q)).isBetween(1, EpochPlan.MOST_ANSWERS);
                for (int t = batch.starts()[q]; t < batch.starts()[q + 1]; t++) {
                    assertThat(seen.add(List.of(
                                    objects[batch.subjects()[q]], batch.relations()[q], objects[batch.answers()[t]])))
                            .isTrue();
                }
            }
        }
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void hubs_comeInTurnsOfFewAnswers() {
        int[] heads = new int[49];
        int[] tails = IntStream.range(1, 50).toArray();
        Triples star = Triples.of(VOCABULARY, heads, new int[49], tails);
        EpochPlan plan = EpochPlan.of(AnswerIndex.of(List.of(star)), new SplittableRandom(SEED));
        assertThat(plan.turns()).isEqualTo(4 + 49);
    }

    @Test
    void triples_areCopiedAndChecked() {
        int[] heads = {1};
        Triples triples = Triples.of(VOCABULARY, heads, new int[] {1}, new int[] {2});
        heads[0] = 5;
        assertThat(triples.head(0)).isEqualTo(1);
        assertThatThrownBy(() -> Triples.of(VOCABULARY, new int[] {50}, new int[1], new int[1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Triples.of(VOCABULARY, new int[1], new int[] {2}, new int[1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Triples.of(VOCABULARY, new int[1], new int[1], new int[] {-1}))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Triples.of(VOCABULARY, new int[1], new int[1], new int[2]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
