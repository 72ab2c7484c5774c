// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.perennial.refusal.Refusal;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    void guest_takesItsShareOfThePlaces_andLeavesTheRest() throws Exception {
        EncoderPool guest = pool.guest(new EmbeddingCache(0), 0.5);
        Gate gate = new Gate();
        CompletableFuture<List<List<Embedding>>> running =
                CompletableFuture.supplyAsync(() -> guest.encode(List.of(gate), List.of(Passage.of("x".repeat(40)))));
        assertThat(gate.entered.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(guest.queuedChars()).isEqualTo(40);
        assertThat(pool.queuedChars()).isEqualTo(40);
        FakeEncoder other = new FakeEncoder();
        List<Passage> twenty = List.of(Passage.of("y".repeat(20)));
        assertThatThrownBy(() -> guest.encode(List.of(other), twenty)).isInstanceOf(Refusal.Saturated.class);
        assertThat(pool.encode(List.of(other), twenty)).hasSize(1);
        gate.close();
        assertThat(running.get(10, TimeUnit.SECONDS)).hasSize(1);
        assertThat(guest.queuedChars()).isZero();
        assertThat(pool.queuedChars()).isZero();

        guest.close();
        assertThat(pool.encode(List.of(other), twenty)).hasSize(1);
    }

    @Test
    void guest_computesAnew_whatIsKeptForAnother() {
        try (EncoderPool host = new EncoderPool(1, 1_000, new EmbeddingCache(1 << 20), EncodingObserver.NONE)) {
            EncoderPool guest = host.guest(new EmbeddingCache(1 << 20), 1);
            FakeEncoder encoder = new FakeEncoder();
            List<Passage> asked = List.of(Passage.of("the same"));
            host.encode(List.of(encoder), asked);
            host.encode(List.of(encoder), asked);
            assertThat(encoder.encoded()).isEqualTo(1);
            guest.encode(List.of(encoder), asked);
            guest.encode(List.of(encoder), asked);
            assertThat(encoder.encoded()).isEqualTo(2);
            guest.forget();
            host.encode(List.of(encoder), asked);
            assertThat(encoder.encoded())
                    .as("what is forgotten for one is kept for the other")
                    .isEqualTo(2);
        }
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

    /** More characters than the queue holds. */
    private static final List<Passage> MANY_SHORT = Collections.nCopies(128, Passage.of("x"));

    @Test
    void aLongRequest_needsNoMoreThanItsShare() throws Exception {
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

    /** An encoder that writes down which passages ran together, and can be held up. */
    private static final class Recording implements Encoder {
        private final FakeEncoder inner = new FakeEncoder();
        private final Semaphore permits = new Semaphore(0);
        private final List<List<String>> runs = new CopyOnWriteArrayList<>();
        private final List<List<String>> mixed = new CopyOnWriteArrayList<>();

        @Override
        public EncoderInfo info() {
            return inner.info();
        }

        @Override
        public List<Embedding> encode(List<Passage> passages, List<Encoder> readers) {
            mixed.add(passages.stream().map(Passage::text).toList());
            return Encoder.super.encode(passages, readers);
        }

        @Override
        public List<Embedding> encode(List<Passage> passages) {
            runs.add(passages.stream().map(Passage::text).toList());
            permits.acquireUninterruptibly();
            if (passages.stream().anyMatch(passage -> passage.text().equals("bad"))) {
                throw new IllegalStateException("planted");
            }
            return inner.encode(passages);
        }

        @Override
        public void close() {}
    }

    private static CompletableFuture<List<List<Embedding>>> ask(EncoderPool pool, Encoder encoder, String... texts) {
        List<Passage> passages = Stream.of(texts).map(Passage::of).toList();
        return CompletableFuture.supplyAsync(
                () -> pool.encode(List.of(encoder), passages), command -> new Thread(command, "asking").start());
    }

    @Test
    void requestsThatWaitForTheSameEncoder_runTogether() throws Exception {
        Recording encoder = new Recording();
        try (EncoderPool one = new EncoderPool(1, 1_000)) {
            CompletableFuture<?> first = ask(one, encoder, "first");
            await().until(() -> encoder.runs.size() == 1);
            List<CompletableFuture<List<List<Embedding>>>> others =
                    List.of(ask(one, encoder, "a", "b"), ask(one, encoder, "c"), ask(one, encoder, "d"));
            await().until(() -> one.queuedChars() == 9);
            encoder.permits.release(10);
            first.get(10, TimeUnit.SECONDS);
            for (CompletableFuture<List<List<Embedding>>> other : others) {
                other.get(10, TimeUnit.SECONDS);
            }
            assertThat(encoder.runs).hasSize(2);
            assertThat(encoder.runs.get(1)).containsExactlyInAnyOrder("a", "b", "c", "d");
            assertThat(others.get(0).get().get(0).get(1).vector())
                    .isEqualTo(new FakeEncoder()
                            .encode(List.of(Passage.of("b")))
                            .get(0)
                            .vector());
        }
    }

    /** An encoder that a recording one hosts, and that sees as another. */
    private record Guest(Recording host, FakeEncoder eyes) implements Encoder {
        @Override
        public EncoderInfo info() {
            return eyes.info();
        }

        @Override
        public List<Embedding> encode(List<Passage> passages) {
            host.runs.add(passages.stream().map(Passage::text).toList());
            return eyes.encode(passages);
        }

        @Override
        public void close() {}
    }

    @Test
    void whatWaitsForEncodersOfOneHost_runsTogether_eachReadByItsOwn() throws Exception {
        Recording host = new Recording();
        Guest closed = new Guest(host, new FakeEncoder("closed"));
        Guest guest = new Guest(host, new FakeEncoder("guest"));
        closed.eyes().close();
        try (EncoderPool one = new EncoderPool(1, 1_000)) {
            CompletableFuture<?> first = ask(one, host, "first");
            await().until(() -> host.runs.size() == 1);
            CompletableFuture<List<List<Embedding>>> own = ask(one, host, "own", "more");
            CompletableFuture<List<List<Embedding>>> theirs = ask(one, guest, "theirs");
            await().until(() -> one.queuedChars() == 18);
            host.permits.release(10);
            first.get(10, TimeUnit.SECONDS);

            assertThat(vector(own, 1)).isEqualTo(vector(new FakeEncoder(), "more"));
            assertThat(vector(theirs, 0)).isEqualTo(vector(guest.eyes(), "theirs"));
            assertThat(host.mixed).hasSize(1);
            assertThat(host.mixed.get(0)).containsExactlyInAnyOrder("own", "more", "theirs");
            assertSpoilsNothing(one, host, closed);
        }
    }

    private static void assertSpoilsNothing(EncoderPool one, Recording host, Guest closed) throws Exception {
        host.permits.drainPermits();
        int runs = host.runs.size();
        CompletableFuture<?> first = ask(one, host, "first");
        await().until(() -> host.runs.size() > runs);
        CompletableFuture<List<List<Embedding>>> good = ask(one, host, "good");
        CompletableFuture<List<List<Embedding>>> bad = ask(one, closed, "lost");
        await().until(() -> one.queuedChars() == 13);
        host.permits.release(10);
        first.get(10, TimeUnit.SECONDS);
        assertThat(good.get(10, TimeUnit.SECONDS)).hasSize(1);
        assertThatThrownBy(() -> bad.get(10, TimeUnit.SECONDS)).hasRootCauseMessage("the encoder is closed");
    }

    private static float[] vector(CompletableFuture<List<List<Embedding>>> asked, int text) throws Exception {
        return asked.get(10, TimeUnit.SECONDS).get(0).get(text).vector();
    }

    private static float[] vector(Encoder encoder, String text) {
        return encoder.encode(List.of(Passage.of(text))).get(0).vector();
    }

    @Test
    void aPassageThatFails_doesNotSpoilTheRequestsBesideIt() throws Exception {
        Recording encoder = new Recording();
        try (EncoderPool one = new EncoderPool(1, 1_000)) {
            CompletableFuture<?> first = ask(one, encoder, "first");
            await().until(() -> encoder.runs.size() == 1);
            CompletableFuture<List<List<Embedding>>> good = ask(one, encoder, "good");
            CompletableFuture<List<List<Embedding>>> bad = ask(one, encoder, "bad");
            await().until(() -> one.queuedChars() == 12);
            encoder.permits.release(10);
            first.get(10, TimeUnit.SECONDS);
            assertThat(good.get(10, TimeUnit.SECONDS)).hasSize(1);
            assertThatThrownBy(() -> bad.get(10, TimeUnit.SECONDS)).hasRootCauseMessage("planted");
            assertThat(one.queuedChars()).isZero();
        }
    }

    @Test
    void aShortRequest_doesNotWaitForAllOfALongOne() throws Exception {
        Recording encoder = new Recording();
        try (EncoderPool one = new EncoderPool(1, 1_000_000)) {
            String[] longOnes =
                    IntStream.range(0, 40).mapToObj(i -> "x".repeat(500) + i).toArray(String[]::new);
            CompletableFuture<?> longRequest = ask(one, encoder, longOnes);
            await().until(() -> encoder.runs.size() == 1);
            CompletableFuture<?> shortRequest = ask(one, encoder, "short");
            await().until(() -> one.queuedChars() > 20_000);
            encoder.permits.release(3);
            shortRequest.get(10, TimeUnit.SECONDS);
            assertThat(longRequest).isNotDone();
            encoder.permits.release(100);
            longRequest.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatNobodyWaitsForAnyMore_isNotRead() throws Exception {
        Recording encoder = new Recording();
        try (EncoderPool one = new EncoderPool(1, 1_000)) {
            CompletableFuture<?> first = ask(one, encoder, "first");
            await().until(() -> encoder.runs.size() == 1);
            AtomicReference<Thread> asking = new AtomicReference<>();
            CompletableFuture<?> second = CompletableFuture.supplyAsync(
                    () -> {
                        asking.set(Thread.currentThread());
                        return one.encode(List.of(encoder), List.of(Passage.of("second")));
                    },
                    command -> new Thread(command, "asking").start());
            await().until(() -> one.queuedChars() == 11);
            Refusal reason = new Refusal.NotReady("gone", 1);
            one.abandon(asking.get(), reason);
            assertThatThrownBy(() -> second.get(10, TimeUnit.SECONDS)).hasRootCause(reason);
            encoder.permits.release(10);
            first.get(10, TimeUnit.SECONDS);
            assertThat(one.queuedChars()).isZero();
            assertThat(encoder.runs).hasSize(1);
        }
    }

    private static CompletableFuture<?> askUntil(EncoderPool pool, Encoder encoder, String text, Deadline deadline) {
        return CompletableFuture.supplyAsync(
                () -> {
                    pool.limit(Thread.currentThread(), deadline);
                    return pool.encode(List.of(encoder), List.of(Passage.of(text)));
                },
                command -> new Thread(command, "asking").start());
    }

    private static Deadline in(long millis) {
        return new Deadline(
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), new Refusal.Saturated("too late", 1));
    }

    @Test
    void whatIsPastItsDeadline_isNotRead() throws Exception {
        Recording encoder = new Recording();
        try (EncoderPool one = new EncoderPool(1, 1_000)) {
            CompletableFuture<?> first = ask(one, encoder, "first");
            await().until(() -> encoder.runs.size() == 1);
            Deadline deadline = in(50);
            CompletableFuture<?> late = askUntil(one, encoder, "late", deadline);
            await().until(() -> one.queuedChars() == 9);
            CompletableFuture<?> patient = ask(one, encoder, "patient");
            await().until(() -> one.queuedChars() == 16);
            await().until(() -> deadline.leftNanos() < 0);
            encoder.permits.release(10);

            assertThatThrownBy(() -> late.get(10, TimeUnit.SECONDS)).hasRootCause(deadline.late());
            first.get(10, TimeUnit.SECONDS);
            patient.get(10, TimeUnit.SECONDS);
            assertThat(encoder.runs).containsExactly(List.of("first"), List.of("patient"));
        }
    }

    @Test
    void whatIsPastItsDeadline_isNotLookedUpInATableEither() {
        FakeEncoder table = new FakeEncoder(EncoderInfo.Reading.STATIC, "table");
        Deadline past = in(-1);
        pool.limit(Thread.currentThread(), past);

        assertThatThrownBy(() -> pool.encode(List.of(table), MANY_SHORT)).isSameAs(past.late());
        assertThat(table.encoded()).isZero();

        pool.resume(Thread.currentThread());
        assertThat(pool.encode(List.of(table), MANY_SHORT).get(0)).hasSize(MANY_SHORT.size());
    }

    /** A table that nobody wants to look into any more as soon as somebody does. */
    private static final class Unwanted implements Encoder {
        private final FakeEncoder inner = new FakeEncoder(EncoderInfo.Reading.STATIC, "table");
        private final EncoderPool pool;
        private final Refusal reason;

        private Unwanted(EncoderPool pool, Refusal reason) {
            this.pool = pool;
            this.reason = reason;
        }

        @Override
        public EncoderInfo info() {
            return inner.info();
        }

        @Override
        public List<Embedding> encode(List<Passage> passages) {
            pool.abandon(Thread.currentThread(), reason);
            return inner.encode(passages);
        }

        @Override
        public void close() {}
    }

    @Test
    void aTable_isNotLookedIntoToTheEnd_whenNobodyWaitsAnyMore() {
        Refusal reason = new Refusal.NotReady("gone", 1);
        Unwanted table = new Unwanted(pool, reason);

        assertThatThrownBy(() -> pool.encode(List.of(table), MANY_SHORT)).isSameAs(reason);
        assertThat(table.inner.encoded()).isBetween(1L, MANY_SHORT.size() / 2L);
    }

    @Test
    void whatCannotComeInTime_isRefusedAtOnce_andWhatCanIsNot() throws Exception {
        Recording encoder = new Recording();
        try (EncoderPool one = new EncoderPool(1, 1_000)) {
            CompletableFuture<?> slow = ask(one, encoder, "slow");
            await().until(() -> encoder.runs.size() == 1);
            Deadline ran = in(200);
            await().until(() -> ran.leftNanos() < 0);
            encoder.permits.release();
            slow.get(10, TimeUnit.SECONDS);

            // With nothing before it, anything may try.
            CompletableFuture<?> running = askUntil(one, encoder, "r".repeat(40), in(10_000));
            await().until(() -> encoder.runs.size() == 2);
            CompletableFuture<?> waiting = askUntil(one, encoder, "w".repeat(100), in(60_000));
            await().until(() -> one.queuedChars() == 140);
            // A hundred characters wait, at forty milliseconds each or more.
            CompletableFuture<?> hurried = askUntil(one, encoder, "hurried", in(2_000));
            assertThatThrownBy(() -> hurried.get(1, TimeUnit.SECONDS))
                    .rootCause()
                    .isInstanceOfSatisfying(Refusal.Saturated.class, refused -> {
                        assertThat(refused).hasMessageContaining("too late");
                        assertThat(refused.retryAfterSeconds()).isGreaterThanOrEqualTo(4);
                    });
            CompletableFuture<?> patient = askUntil(one, encoder, "patient", in(3_600_000));
            CompletableFuture<?> unbounded = ask(one, encoder, "unbounded");
            await().until(() -> one.queuedChars() == 156);
            encoder.permits.release(10);
            for (CompletableFuture<?> each : List.of(running, waiting, patient, unbounded)) {
                each.get(10, TimeUnit.SECONDS);
            }
            assertThat(encoder.runs.stream().flatMap(List::stream)).doesNotContain("hurried");
        }
    }

    @Test
    void whatWasGivenUp_staysSo_untilItsThreadWorksForAnother() {
        Recording encoder = new Recording();
        encoder.permits.release(10);
        Refusal reason = new Refusal.NotReady("gone", 1);
        Thread here = Thread.currentThread();
        pool.abandon(here, reason);
        assertThatThrownBy(() -> pool.encode(List.of(encoder), List.of(Passage.of("next stage"))))
                .isSameAs(reason);
        assertThat(encoder.runs).isEmpty();
        pool.resume(here);
        assertThat(pool.encode(List.of(encoder), List.of(Passage.of("another's"))))
                .hasSize(1);
    }

    @Test
    void aLoneRequest_isSharedByAllThreads() {
        Recording encoder = new Recording();
        encoder.permits.release(100);
        pool.encode(List.of(encoder), Collections.nCopies(4, Passage.of("x".repeat(400))));
        assertThat(encoder.runs).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void roomOfAFailedRequest_isGivenBackWhenNothingOfItRuns() throws Exception {
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
