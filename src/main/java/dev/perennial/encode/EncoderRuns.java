// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import dev.perennial.refusal.Refusal;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The threads that encode, and what waits for them. A thread takes what waits for one encoder, and for those that it
 * hosts, whichever requests it is from, and runs it as one batch. Thread-safe.
 */
final class EncoderRuns implements AutoCloseable {
    private static final int RETRY_AFTER_SECONDS = 1;
    private static final long CLOSING_MILLIS = 10_000;

    private final WorkQueue queue;
    private final List<Thread> threads;
    private final EncodingObserver observer;
    private final ServiceRate rate = new ServiceRate();

    EncoderRuns(int threadCount, EncodingObserver observer) {
        this.queue = new WorkQueue(threadCount);
        this.observer = observer;
        this.threads = IntStream.range(0, threadCount)
                .mapToObj(i -> new Thread(this::runUntilClosed, "encode-" + i))
                .toList();
        threads.forEach(thread -> thread.setDaemon(true));
        threads.forEach(Thread::start);
    }

    /** Adds works in their order, all or, when it is closed, none. */
    boolean add(List<Work> works) {
        return queue.add(works);
    }

    /** About how long something new of this length waits for its turn. */
    double waitNanos(long chars) {
        return rate.nanos(queue.charsBefore(chars), threads.size());
    }

    /** Runs what waits, for some seconds at most, then ends the threads. */
    @Override
    public void close() {
        queue.close();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSING_MILLIS);
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        queue.drain().forEach(work -> work.done().completeExceptionally(stopping()));
    }

    private void runUntilClosed() {
        try {
            List<Work.Portion> batch = queue.take();
            while (!batch.isEmpty()) {
                run(batch);
                batch = queue.take();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(List<Work.Portion> batch) {
        List<Embedding> embeddings;
        try {
            embeddings = embeddings(batch);
        } catch (RuntimeException | Error failure) {
            if (batch.size() == 1) {
                batch.get(0).fail(failure);
            } else {
                batch.forEach(portion -> run(List.of(portion)));
            }
            return;
        }
        int from = 0;
        for (Work.Portion portion : batch) {
            int size = portion.positions().length;
            portion.complete(embeddings.subList(from, from + size));
            from += size;
        }
    }

    private List<Embedding> embeddings(List<Work.Portion> batch) {
        Work first = batch.get(0).work();
        List<Passage> passages =
                batch.stream().flatMap(portion -> portion.passages().stream()).toList();
        long start = System.nanoTime();
        observer.running(passages.size(), start - first.submittedNanos());
        List<Embedding> embeddings = embeddings(batch, passages);
        rate.ran(passages.stream().mapToLong(Passage::chars).sum(), System.nanoTime() - start);
        if (embeddings.size() != passages.size()) {
            throw new IllegalStateException("an encoder gave another number of embeddings than of passages");
        }
        return embeddings;
    }

    private static List<Embedding> embeddings(List<Work.Portion> batch, List<Passage> passages) {
        Encoder first = batch.get(0).work().encoder();
        if (batch.stream().allMatch(portion -> portion.work().encoder() == first)) {
            return first.encode(passages);
        }
        List<Encoder> readers = batch.stream()
                .flatMap(portion -> Collections.nCopies(
                        portion.positions().length, portion.work().encoder())
                        .stream())
                .toList();
        return first.host().encode(passages, readers);
    }

    static Refusal.NotReady stopping() {
        return new Refusal.NotReady("The service is stopping.", RETRY_AFTER_SECONDS);
    }
}
