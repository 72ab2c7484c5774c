// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What every encoder promises. Subclasses say which encoder is meant; {@link #open} is called for those it closes. */
public abstract class EncoderContract {
    private static final List<String> TEXTS = List.of(
            "How do I activate my new card?",
            "My card has not arrived yet.",
            "a",
            "The quick brown fox jumps over the lazy dog. ".repeat(12),
            "Straße, naïve, Ünïcödé and Москва",
            "質問に答える小さなモデル",
            "👩‍👩‍👧‍👦 🇩🇪 🏳️‍🌈 👍🏽",
            "e\u0301\u0302\u0303\u0304 combining",
            "right\u202Eto\u202Cleft שלום مرحبا",
            "zero\u200Bwidth\u200Djoiner\uFEFF",
            "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 \uDBFF\uDFFF",
            "tabs\tand\nlines\r\n\u0085\u2028",
            "\u0001\u0007 control",
            "\uFFFD\uFFFE unassigned",
            "3.14159 + 2/7 = $$$ %%% @@@ ###");

    /** The encoder under test; not closed by the suite. */
    protected abstract Encoder encoder();

    /** A fresh encoder of the same kind, which the test closes. */
    protected abstract Encoder open();

    private List<Embedding> alone() {
        return TEXTS.stream()
                .map(text -> encoder().encode(List.of(Passage.of(text))).get(0))
                .toList();
    }

    @Test
    void info_isWellFormed() {
        EncoderInfo info = encoder().info();
        assertThat(info.id()).matches("[a-z0-9][a-z0-9.-]{0,62}");
        assertThat(info.digest()).matches("[0-9a-f]{64}");
        assertThat(info.dimension()).isPositive();
        assertThat(info.maxTokens()).isPositive();
        assertThat(info.executionProvider()).isIn("cpu", "cuda");
        assertThat(info.precision()).isIn("fp32", "int8");
    }

    @Test
    void encode_givesFiniteUnitVectorsOfTheDimension() {
        for (Embedding embedding : alone()) {
            double squares = 0;
            for (float component : embedding.vector()) {
                squares += (double) component * component;
            }
            assertThat(embedding.vector()).hasSize(encoder().info().dimension());
            assertThat(Math.sqrt(squares)).isCloseTo(1, within(1e-5));
            assertThat(embedding.tokens()).isBetween(1, encoder().info().maxTokens());
        }
    }

    @Test
    void encode_ofNothing_isNothing() {
        assertThat(encoder().encode(List.of())).isEmpty();
    }

    @Test
    void encode_doesNotDependOnTheBatchNorOnItsOrder() {
        List<Embedding> alone = alone();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 3 * TEXTS.size(); i++) {
            order.add(i % TEXTS.size());
        }
        Collections.shuffle(order, new Random(Long.getLong("perennial.seed", 7)));
        List<Embedding> together = encoder()
                .encode(order.stream().map(i -> Passage.of(TEXTS.get(i))).toList());
        for (int i = 0; i < order.size(); i++) {
            assertSame(together.get(i), alone.get(order.get(i)));
        }
    }

    @Test
    void encode_putsSimilarTextsCloser() {
        List<Embedding> embeddings = encoder()
                .encode(List.of(
                        Passage.of("how do I activate my new card"),
                        Passage.of("how can I activate a new card"),
                        Passage.of("volcanoes erupt under the ocean")));
        assertThat(cosine(embeddings.get(0), embeddings.get(1)))
                .isGreaterThan(cosine(embeddings.get(0), embeddings.get(2)));
    }

    @Test
    void encode_readsBothSegments_inTheirOrderWhereItReadsInContext() {
        List<Embedding> embeddings = encoder()
                .encode(List.of(
                        Passage.joined("the cat sleeps", "nobody is awake"),
                        Passage.joined("nobody is awake", "the cat sleeps"),
                        Passage.of("the cat sleeps")));
        if (encoder().info().reading() == EncoderInfo.Reading.CONTEXTUAL) {
            assertThat(cosine(embeddings.get(0), embeddings.get(1))).isLessThan(0.99999);
        }
        assertThat(cosine(embeddings.get(0), embeddings.get(2))).isLessThan(0.99999);
    }

    @Test
    void encode_saysWhenTheEndWasNotRead() {
        int window = encoder().info().maxTokens();
        String full = "word ".repeat(window);
        List<Embedding> embeddings = encoder()
                .encode(List.of(
                        Passage.of("a short text"),
                        Passage.of(full),
                        Passage.of(full + "with another end"),
                        Passage.joined(full, full)));
        assertThat(embeddings.stream().map(Embedding::truncated)).containsExactly(false, true, true, true);
        assertThat(embeddings.get(1).tokens()).isEqualTo(window);
        assertThat(embeddings.get(3).tokens()).isEqualTo(window);
        assertSame(embeddings.get(1), embeddings.get(2));
    }

    @Test
    void encode_afterClose_isABug() {
        Encoder closed = open();
        closed.close();
        closed.close();
        assertThatThrownBy(() -> closed.encode(List.of(Passage.of("text")))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void close_whileOthersEncode_waitsForThem() throws InterruptedException {
        for (int round = 0; round < 3; round++) {
            Encoder encoder = open();
            CountDownLatch running = new CountDownLatch(4);
            List<CompletableFuture<Void>> callers = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                callers.add(CompletableFuture.runAsync(() -> encodeUntilClosed(encoder, running), task -> {
                    new Thread(task, "encode").start();
                }));
            }
            running.await();
            encoder.close();
            for (CompletableFuture<Void> caller : callers) {
                assertThatThrownBy(caller::join)
                        .isInstanceOf(CompletionException.class)
                        .hasCauseInstanceOf(IllegalStateException.class);
            }
        }
    }

    private static void encodeUntilClosed(Encoder encoder, CountDownLatch running) {
        while (true) {
            encoder.encode(List.of(Passage.of("a text"), Passage.of("another, longer text")));
            running.countDown();
        }
    }

    private static void assertSame(Embedding actual, Embedding expected) {
        assertThat(actual.tokens()).isEqualTo(expected.tokens());
        assertThat(actual.truncated()).isEqualTo(expected.truncated());
        assertThat(actual.vector()).containsExactly(expected.vector(), within(1e-6f));
    }

    /** Cosine of two embeddings. */
    protected static double cosine(Embedding a, Embedding b) {
        double sum = 0;
        for (int i = 0; i < a.vector().length; i++) {
            sum += (double) a.vector()[i] * b.vector()[i];
        }
        return sum;
    }
}
