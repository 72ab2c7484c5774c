// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A fixed set of threads that encode for all requests, with a bounded number of characters in flight.
 *
 * <p>Passages are sorted by length and cut into chunks, so that several threads share one request and short texts are
 * not padded to the longest. A request that is larger than its share of the queue waits for its own earlier chunks, so
 * that it needs no more room than that share. Safe for concurrent use.
 */
public final class EncoderPool implements AutoCloseable {
    private static final int CHUNK_PASSAGES = 16;
    /** A request takes at most the queue's room divided by this, unless a single chunk needs more. */
    private static final int SHARES = 4;

    private static final int RETRY_AFTER_SECONDS = 1;

    private final ExecutorService threads;
    private final Semaphore charsInFlight;
    private final int maxCharsInFlight;
    private final EncodingObserver observer;

    /**
     * @param threadCount number of threads; the number of cores is right for encoders that use one thread per run
     * @param maxCharsInFlight characters that may be waiting or running at once, over all requests and encoders
     */
    public EncoderPool(int threadCount, int maxCharsInFlight) {
        this(threadCount, maxCharsInFlight, EncodingObserver.NONE);
    }

    /** @param observer told of every run */
    public EncoderPool(int threadCount, int maxCharsInFlight, EncodingObserver observer) {
        ThreadFactory factory = runnable -> {
            Thread thread = new Thread(runnable, "encode");
            thread.setDaemon(true);
            return thread;
        };
        this.threads = Executors.newFixedThreadPool(threadCount, factory);
        this.charsInFlight = new Semaphore(maxCharsInFlight);
        this.maxCharsInFlight = maxCharsInFlight;
        this.observer = observer;
    }

    /**
     * Embeds the passages with every encoder.
     *
     * @return by encoder, then by passage, in the orders given
     * @throws Refusal.Saturated when too much is in flight already; nothing was encoded
     * @throws Refusal.NotReady when the pool is closed or the thread interrupted
     */
    public List<List<Embedding>> encode(List<? extends Encoder> encoders, List<Passage> passages) {
        List<int[]> chunks = chunks(passages);
        int chars = room(chunks, encoders.size(), passages);
        if (!charsInFlight.tryAcquire(chars)) {
            throw new Refusal.Saturated("All places in the encoder queue are taken; try again.", RETRY_AFTER_SECONDS);
        }
        return encode(encoders, passages, chunks, new Place(charsInFlight, chars));
    }

    /** Characters that are waiting or running. */
    public int queuedChars() {
        return maxCharsInFlight - charsInFlight.availablePermits();
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
                Place.takeBack(threads.shutdownNow());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private List<List<Embedding>> encode(
            List<? extends Encoder> encoders, List<Passage> passages, List<int[]> chunks, Place place) {
        try {
            List<List<Place.Chunk>> running = new ArrayList<>();
            for (Encoder encoder : encoders) {
                List<Place.Chunk> ofEncoder = new ArrayList<>();
                for (int[] chunk : chunks) {
                    List<Passage> part =
                            IntStream.of(chunk).mapToObj(passages::get).toList();
                    int cost = (int) Math.min(maxCharsInFlight, cost(part));
                    awaitRoom(place, cost);
                    ofEncoder.add(place.run(threads, cost, observed(encoder, part)));
                }
                running.add(ofEncoder);
            }
            return running.stream()
                    .map(ofEncoder -> inOrder(ofEncoder, chunks, passages.size()))
                    .toList();
        } catch (RejectedExecutionException closed) {
            throw stopping();
        } finally {
            place.leave();
        }
    }

    private static void awaitRoom(Place place, int cost) {
        Optional<Place.Chunk> blocking = place.blocking(cost);
        while (blocking.isPresent()) {
            await(blocking.get());
            blocking = place.blocking(cost);
        }
    }

    private Callable<List<Embedding>> observed(Encoder encoder, List<Passage> part) {
        long submitted = System.nanoTime();
        return () -> {
            observer.running(part.size(), System.nanoTime() - submitted);
            return encoder.encode(part);
        };
    }

    private static List<Embedding> inOrder(List<Place.Chunk> parts, List<int[]> chunks, int size) {
        Embedding[] all = new Embedding[size];
        for (int i = 0; i < parts.size(); i++) {
            List<Embedding> part = await(parts.get(i));
            for (int j = 0; j < part.size(); j++) {
                all[chunks.get(i)[j]] = part.get(j);
            }
        }
        return List.of(all);
    }

    private static List<Embedding> await(Place.Chunk part) {
        try {
            return part.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw stopping();
        } catch (CancellationException neverBegun) {
            throw stopping();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw new IllegalStateException("an encoder failed", failed.getCause());
        }
    }

    private static Refusal.NotReady stopping() {
        return new Refusal.NotReady("The service is stopping.", RETRY_AFTER_SECONDS);
    }

    private static List<int[]> chunks(List<Passage> passages) {
        int[] byLength = IntStream.range(0, passages.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> passages.get(i).chars()))
                .mapToInt(Integer::intValue)
                .toArray();
        List<int[]> chunks = new ArrayList<>();
        for (int start = 0; start < byLength.length; start += CHUNK_PASSAGES) {
            chunks.add(
                    java.util.Arrays.copyOfRange(byLength, start, Math.min(byLength.length, start + CHUNK_PASSAGES)));
        }
        return chunks;
    }

    /** What a request is charged. */
    private int room(List<int[]> chunks, int encoders, List<Passage> passages) {
        long largestChunk = chunks.stream()
                .mapToLong(chunk ->
                        cost(IntStream.of(chunk).mapToObj(passages::get).toList()))
                .max()
                .orElse(0);
        long share = Math.max(largestChunk, maxCharsInFlight / SHARES);
        return (int) Math.min(maxCharsInFlight, Math.min(share, encoders * cost(passages)));
    }

    private static long cost(List<Passage> passages) {
        return passages.stream().mapToLong(Passage::chars).sum();
    }
}
