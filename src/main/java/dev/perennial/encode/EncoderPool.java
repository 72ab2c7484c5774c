// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A fixed set of threads that encode for all requests, with a bounded number of characters in flight.
 *
 * <p>Passages are sorted by length and cut into chunks, so that several threads share one request and short texts are
 * not padded to the longest. Safe for concurrent use.
 */
public final class EncoderPool implements AutoCloseable {
    private static final int CHUNK_PASSAGES = 16;
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
     */
    public List<List<Embedding>> encode(List<? extends Encoder> encoders, List<Passage> passages) {
        int chars = (int) Math.min(maxCharsInFlight, cost(encoders.size(), passages));
        if (!charsInFlight.tryAcquire(chars)) {
            throw new Refusal.Saturated("All places in the encoder queue are taken; try again.", RETRY_AFTER_SECONDS);
        }
        try {
            return encodeChunks(encoders, passages);
        } finally {
            charsInFlight.release(chars);
        }
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
                threads.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private List<List<Embedding>> encodeChunks(List<? extends Encoder> encoders, List<Passage> passages) {
        List<int[]> chunks = chunks(passages);
        List<List<Future<List<Embedding>>>> running = new ArrayList<>();
        for (Encoder encoder : encoders) {
            List<Future<List<Embedding>>> ofEncoder = new ArrayList<>();
            for (int[] chunk : chunks) {
                List<Passage> part = IntStream.of(chunk).mapToObj(passages::get).toList();
                long submitted = System.nanoTime();
                ofEncoder.add(threads.submit(() -> {
                    observer.running(part.size(), System.nanoTime() - submitted);
                    return encoder.encode(part);
                }));
            }
            running.add(ofEncoder);
        }
        return running.stream()
                .map(ofEncoder -> inOrder(ofEncoder, chunks, passages.size()))
                .toList();
    }

    private static List<Embedding> inOrder(List<Future<List<Embedding>>> parts, List<int[]> chunks, int size) {
        Embedding[] all = new Embedding[size];
        for (int i = 0; i < parts.size(); i++) {
            List<Embedding> part = await(parts.get(i));
            for (int j = 0; j < part.size(); j++) {
                all[chunks.get(i)[j]] = part.get(j);
            }
        }
        return List.of(all);
    }

    private static List<Embedding> await(Future<List<Embedding>> part) {
        try {
            return part.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Refusal.NotReady("The service is stopping.", RETRY_AFTER_SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw new IllegalStateException("an encoder failed", failed.getCause());
        }
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

    private static long cost(int encoders, List<Passage> passages) {
        return encoders * passages.stream().mapToLong(Passage::chars).sum();
    }
}
