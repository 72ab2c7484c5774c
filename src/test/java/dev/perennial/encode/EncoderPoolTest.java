// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.perennial.refusal.Refusal;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EncoderPoolTest {
    private final EncoderPool pool = new EncoderPool(3, 100);

    @AfterEach
    void close() {
        pool.close();
    }

    /** An encoder whose calls wait until they are let go, or fail. */
    private static final class Gate implements Encoder {
        private final FakeEncoder inner = new FakeEncoder();
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        @Override
        public EncoderInfo info() {
            return inner.info();
        }

        @Override
        public List<Embedding> encode(List<Passage> passages) {
            entered.countDown();
            try {
                if (!open.await(10, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("nobody opened");
                }
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
            return inner.encode(passages);
        }

        @Override
        public void close() {
            open.countDown();
        }
    }

    @Test
    void embeddings_comeInTheOrderOfEncodersAndPassages() {
        try (EncoderPool wide = new EncoderPool(3, 1_000_000)) {
            FakeEncoder a = new FakeEncoder("a");
            FakeEncoder b = new FakeEncoder("b");
            List<Passage> passages = IntStream.range(0, 100)
                    .mapToObj(i -> Passage.of(("word" + i + " ").repeat(1 + i * 37 % 11)))
                    .toList();
            List<List<Embedding>> all = wide.encode(List.of(a, b), passages);
            assertThat(all).hasSize(2);
            for (int i = 0; i < passages.size(); i++) {
                List<Passage> alone = List.of(passages.get(i));
                assertThat(all.get(0).get(i).vector())
                        .isEqualTo(a.encode(alone).get(0).vector());
                assertThat(all.get(1).get(i).vector())
                        .isEqualTo(b.encode(alone).get(0).vector());
            }
        }
    }

    @Test
    void moreThanFitsInTheQueue_isRefused_untilThereIsRoomAgain() throws Exception {
        Gate gate = new Gate();
        List<Passage> sixty = List.of(Passage.of("x".repeat(60)));
        CompletableFuture<List<List<Embedding>>> running =
                CompletableFuture.supplyAsync(() -> pool.encode(List.of(gate), sixty));
        assertThat(gate.entered.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.queuedChars()).isEqualTo(60);
        FakeEncoder other = new FakeEncoder();
        assertThatThrownBy(() -> pool.encode(List.of(other), sixty)).isInstanceOf(Refusal.Saturated.class);
        assertThat(other.encoded()).isZero();
        assertThat(pool.encode(List.of(other), List.of(Passage.of("short")))).hasSize(1);
        gate.close();
        assertThat(running.get(10, TimeUnit.SECONDS)).hasSize(1);
        assertThat(pool.queuedChars()).isZero();
        assertThat(pool.encode(List.of(other), sixty)).hasSize(1);
    }

    @Test
    void oneRequestLargerThanTheQueue_hasItToItself() {
        assertThat(pool.encode(List.of(new FakeEncoder()), List.of(Passage.of("x".repeat(500)))))
                .hasSize(1);
    }

    @Test
    void anEncoderThatFails_leavesTheQueueEmpty() {
        FakeEncoder closed = new FakeEncoder();
        closed.close();
        assertThatThrownBy(() -> pool.encode(List.of(closed), List.of(Passage.of("hello"))))
                .isInstanceOf(IllegalStateException.class);
        assertThat(pool.queuedChars()).isZero();
    }

    /** More characters than the queue holds, in chunks that are smaller than a request's share. */
    private static final List<Passage> MANY_SHORT = Collections.nCopies(128, Passage.of("x"));

    @Test
    void aRequestOfManyChunks_needsNoMoreThanItsShare() throws Exception {
        try (Gate gate = new Gate()) {
            CompletableFuture<List<List<Embedding>>> running = CompletableFuture.supplyAsync(
                    () -> pool.encode(List.of(gate), List.of(Passage.of("x".repeat(60)))));
            assertThat(gate.entered.await(10, TimeUnit.SECONDS)).isTrue();
            List<List<Embedding>> all = pool.encode(List.of(new FakeEncoder("a"), new FakeEncoder("b")), MANY_SHORT);
            assertThat(all)
                    .hasSize(2)
                    .allSatisfy(ofEncoder -> assertThat(ofEncoder).hasSize(128).doesNotContainNull());
            gate.close();
            assertThat(running.get(10, TimeUnit.SECONDS)).hasSize(1);
        }
        assertThat(pool.queuedChars()).isZero();
    }

    @Test
    void aRequestOfManyChunks_runsNoMoreAtOnceThanItsShare() {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        FakeEncoder inner = new FakeEncoder();
        Encoder counting = new Encoder() {
            @Override
            public EncoderInfo info() {
                return inner.info();
            }

            @Override
            public List<Embedding> encode(List<Passage> passages) {
                most.accumulateAndGet(now.addAndGet(passages.size()), Math::max);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                now.addAndGet(-passages.size());
                return inner.encode(passages);
            }

            @Override
            public void close() {}
        };
        pool.encode(List.of(counting), MANY_SHORT);
        assertThat(most.get()).isBetween(1, 25);
    }

    @Test
    void roomOfAFailedRequest_isGivenBackWhenItsLastChunkHasEnded() throws Exception {
        Gate gate = new Gate();
        FakeEncoder inner = new FakeEncoder();
        Encoder failing = new Encoder() {
            @Override
            public EncoderInfo info() {
                return inner.info();
            }

            @Override
            public List<Embedding> encode(List<Passage> passages) {
                try {
                    gate.entered.await();
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                }
                throw new IllegalStateException("planted");
            }

            @Override
            public void close() {}
        };
        List<Passage> passages = List.of(Passage.of("x".repeat(30)));
        try (EncoderPool wide = new EncoderPool(3, 1_000)) {
            assertThatThrownBy(() -> wide.encode(List.of(failing, gate), passages))
                    .isInstanceOf(IllegalStateException.class);

            assertThat(wide.queuedChars()).isEqualTo(60);
            gate.close();
            await().until(wide::queuedChars, chars -> chars == 0);
        }
    }

    @Test
    void requestsOfAClosedPool_areRefusedAsNotReady() {
        pool.close();

        assertThatThrownBy(() -> pool.encode(List.of(new FakeEncoder()), List.of(Passage.of("hello"))))
                .isInstanceOf(Refusal.NotReady.class);
        assertThat(pool.queuedChars()).isZero();
    }

    @Test
    void nothingToEncode_isEmpty() {
        assertThat(pool.encode(List.of(new FakeEncoder()), List.of())).containsExactly(List.of());
    }
}
