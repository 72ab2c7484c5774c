// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BatchesTest {
    private static TokenizedPassage ofLength(int length) {
        return new TokenizedPassage(new long[length], new long[length], false);
    }

    private static int padded(List<TokenizedPassage> passages) {
        return passages.size() * passages.get(passages.size() - 1).length();
    }

    @Test
    void plan_runsEachPassageOnce_withinTheBudget_longOnesAlone() {
        long seed = Long.getLong("perennial.seed", 7);
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            List<TokenizedPassage> passages = IntStream.range(0, random.nextInt(60))
                    .mapToObj(i -> ofLength(2 + random.nextInt(200)))
                    .toList();
            List<List<Integer>> runs = Batches.plan(passages, 128, BatchesTest::padded);
            assertThat(runs.stream().flatMap(List::stream))
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, passages.size()).boxed().toList());
            for (List<Integer> run : runs) {
                int longest = run.stream()
                        .mapToInt(i -> passages.get(i).length())
                        .max()
                        .orElseThrow();
                assertThat(run.size() == 1 || run.size() * longest <= 128)
                        .as("seed %d", seed)
                        .isTrue();
            }
        }
    }
}
