// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The room that one request takes in the queue of an {@link EncoderPool}. It is given back when the request has left
 * and the last of its chunks has ended, or was taken back before it began. Thread-safe.
 */
final class Place {
    private final Semaphore charsInFlight;
    private final int chars;
    private final Queue<Chunk> chunks = new ConcurrentLinkedQueue<>();
    /** Chunks that the request has not waited for, and their characters; this and the next are the request's alone. */
    private final Queue<Chunk> unawaited = new ArrayDeque<>();

    private long unawaitedChars;

    /** Chunks that may still run, and the request itself. */
    private final AtomicInteger holders = new AtomicInteger(1);

    /** @param chars taken from {@code charsInFlight} already */
    Place(Semaphore charsInFlight, int chars) {
        this.charsInFlight = charsInFlight;
        this.chars = chars;
    }

    /** A part of the request's work. */
    final class Chunk extends FutureTask<List<Embedding>> {
        private final int cost;
        private final AtomicBoolean decided = new AtomicBoolean();

        private Chunk(int cost, Callable<List<Embedding>> work) {
            super(work);
            this.cost = cost;
        }

        @Override
        public void run() {
            if (decided.compareAndSet(false, true)) {
                super.run();
            }
        }

        private void takeBack() {
            if (decided.compareAndSet(false, true)) {
                cancel(false);
                end();
            }
        }
    }

    /**
     * The chunk of this request that is to be waited for before one of so many characters may run. A chunk larger than
     * the room runs when it is the only one.
     */
    Optional<Chunk> blocking(int cost) {
        if (unawaitedChars + cost <= chars) {
            return Optional.empty();
        }
        Optional<Chunk> first = Optional.ofNullable(unawaited.poll());
        first.ifPresent(chunk -> unawaitedChars -= chunk.cost);
        return first;
    }

    /** Hands a chunk of {@code cost} characters to the threads. */
    Chunk run(Executor threads, int cost, Callable<List<Embedding>> work) {
        Chunk chunk = new Chunk(cost, () -> {
            try {
                return work.call();
            } finally {
                end();
            }
        });
        holders.incrementAndGet();
        chunks.add(chunk);
        unawaited.add(chunk);
        unawaitedChars += cost;
        threads.execute(chunk);
        return chunk;
    }

    /** The request wants no more: what has not begun never will. */
    void leave() {
        chunks.forEach(Chunk::takeBack);
        end();
    }

    /** Tells those who wait for chunks that never began. */
    static void takeBack(List<Runnable> neverBegun) {
        for (Runnable work : neverBegun) {
            if (work instanceof Chunk chunk) {
                chunk.takeBack();
            }
        }
    }

    private void end() {
        if (holders.decrementAndGet() == 0) {
            charsInFlight.release(chars);
        }
    }
}
