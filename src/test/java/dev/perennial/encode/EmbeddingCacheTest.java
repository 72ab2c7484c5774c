// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class EmbeddingCacheTest {
    private final FakeEncoder encoder = new FakeEncoder("a");
    private final List<Integer> looked = new ArrayList<>();
    private final EncodingObserver observer = new EncodingObserver() {
        @Override
        public void looked(int found, int missing) {
            looked.add(found);
            looked.add(missing);
        }

        @Override
        public void running(int passages, long waitedNanos) {}
    };

    private EncoderPool pool(EmbeddingCache cache) {
        return new EncoderPool(1, 1_000_000, cache, observer);
    }

    private static List<Passage> passages(String... texts) {
        return List.of(texts).stream().map(Passage::of).toList();
    }

    @Test
    void aPassageThatComesAgain_isNotComputedAgain_andAnswersTheSame() {
        try (EncoderPool pool = pool(new EmbeddingCache(100_000))) {
            FakeEncoder other = new FakeEncoder("b");
            List<List<Embedding>> first = pool.encode(List.of(encoder, other), passages("one", "two"));
            List<List<Embedding>> second = pool.encode(List.of(encoder, other), passages("two", "three", "one"));
            assertThat(encoder.encoded()).isEqualTo(3);
            assertThat(other.encoded()).isEqualTo(3);
            for (int e = 0; e < 2; e++) {
                assertThat(second.get(e).get(0)).isSameAs(first.get(e).get(1));
                assertThat(second.get(e).get(2)).isSameAs(first.get(e).get(0));
                assertThat(second.get(e).get(1).vector())
                        .isEqualTo(new FakeEncoder(e == 0 ? "a" : "b")
                                .encode(passages("three"))
                                .get(0)
                                .vector());
            }
            assertThat(looked).containsExactly(0, 4, 4, 2);
        }
    }

    @Test
    void joinedTexts_areNotTakenForOne() {
        try (EncoderPool pool = pool(new EmbeddingCache(100_000))) {
            pool.encode(
                    List.of(encoder),
                    List.of(
                            Passage.of("ab"),
                            Passage.joined("ab", ""),
                            Passage.joined("a", "b"),
                            Passage.joined("", "ab")));
            assertThat(encoder.encoded()).isEqualTo(4);
        }
    }

    @Test
    void memory_isBounded() {
        EmbeddingCache cache = new EmbeddingCache(20_000);
        try (EncoderPool pool = pool(cache)) {
            for (int round = 0; round < 20; round++) {
                int from = 100 * round;
                List<Passage> many = IntStream.range(from, from + 100)
                        .mapToObj(i -> Passage.of("text " + i))
                        .toList();
                assertThat(pool.encode(List.of(encoder), many).get(0)).doesNotContainNull();
            }
            assertThat(cache.bytes()).isBetween(1L, 20_000L);
        }
    }

    @Test
    void forgetting_leavesNothing() {
        EmbeddingCache cache = new EmbeddingCache(100_000);
        try (EncoderPool pool = pool(cache)) {
            pool.encode(List.of(encoder), passages("secret"));
            assertThat(cache.bytes()).isPositive();
            pool.forget();
            assertThat(cache.bytes()).isZero();
            pool.encode(List.of(encoder), passages("secret"));
            assertThat(encoder.encoded()).isEqualTo(2);
        }
    }

    @Test
    void aCacheOfNoBytes_keepsNothing() {
        EmbeddingCache none = new EmbeddingCache(0);
        try (EncoderPool pool = pool(none)) {
            pool.encode(List.of(encoder), passages("one"));
            pool.encode(List.of(encoder), passages("one"));
            assertThat(encoder.encoded()).isEqualTo(2);
            assertThat(none.bytes()).isZero();
        }
    }
}
