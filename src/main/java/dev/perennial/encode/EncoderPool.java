// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/**
 * A fixed set of threads that encode for all requests, with a bounded number of characters in flight.
 *
 * <p>A thread takes what waits for one encoder, and for those that it hosts, whichever requests it is from, up to what
 * one run computes best, and runs it as one batch: nothing is waited for, and the busier the service, the fuller its
 * batches. A batch that fails is repeated for each request alone, so that one cannot spoil another. Safe for concurrent
 * use.
 */
public final class EncoderPool implements AutoCloseable {
    /** A request is charged at most the queue's room divided by this: several long ones fit in side by side. */
    private static final int SHARES = 4;

    private static final int RETRY_AFTER_SECONDS = 1;
    private static final double NANOS_PER_SECOND = 1e9;
    /** Passages that a table is asked for at once: some milliseconds, if they are long. */
    private static final int LOOKED_UP_AT_ONCE = 16;

    private final EncoderRuns runs;
    private final Places places;
    private final EmbeddingCache cache;
    private final EncodingObserver observer;
    /** Whether the threads are another pool's, which ends them. */
    private final boolean isGuest;

    private final Map<Thread, List<Work>> awaited = new ConcurrentHashMap<>();
    private final Map<Thread, Refusal> givenUp = new ConcurrentHashMap<>();
    private final Map<Thread, Deadline> deadlines = new ConcurrentHashMap<>();

    /**
     * @param threadCount number of threads; the number of cores is right for encoders that use one thread per run
     * @param maxCharsInFlight characters that may be waiting or running at once, over all requests and encoders
     */
    public EncoderPool(int threadCount, int maxCharsInFlight) {
        this(threadCount, maxCharsInFlight, new EmbeddingCache(0), EncodingObserver.NONE);
    }

    /**
     * A pool that keeps embeddings.
     *
     * @param cache what need not be computed again
     * @param observer told of every run, and of what needed none
     */
    public EncoderPool(int threadCount, int maxCharsInFlight, EmbeddingCache cache, EncodingObserver observer) {
        this(
                new EncoderRuns(threadCount, observer),
                new Places(maxCharsInFlight, Optional.empty()),
                cache,
                observer,
                false);
    }

    private EncoderPool(
            EncoderRuns runs, Places places, EmbeddingCache cache, EncodingObserver observer, boolean isGuest) {
        this.runs = runs;
        this.places = places;
        this.cache = cache;
        this.observer = observer;
        this.isGuest = isGuest;
    }

    /**
     * Embeds the passages with every encoder.
     *
     * @return by encoder, then by passage, in the orders given
     * @throws Refusal.Saturated when too much is in flight already, or as it seems the thread's deadline will be past
     *     before its turn comes; nothing was encoded
     * @throws Refusal.NotReady when the pool is closed or the thread interrupted
     * @throws Refusal the reason for which what the thread wants was given up, or that its deadline is past
     */
    public List<List<Embedding>> encode(List<? extends Encoder> encoders, List<Passage> passages) {
        Iterator<List<Embedding>> contextual = queued(
                        encoders.stream().filter(encoder -> !isLookup(encoder)).toList(), passages)
                .iterator();
        return encoders.stream()
                .map(encoder -> isLookup(encoder) ? lookedUp(encoder, passages) : contextual.next())
                .toList();
    }

    /** A graph may be replaced between two looks, and all that is asked for at once is of the same one. */
    private List<Embedding> lookedUp(Encoder encoder, List<Passage> passages) {
        requireWanted();
        if (encoder.info().reading() != EncoderInfo.Reading.STATIC) {
            return encoder.encode(passages);
        }
        List<Embedding> all = new ArrayList<>(passages.size());
        for (int from = 0; from < passages.size(); from += LOOKED_UP_AT_ONCE) {
            requireWanted();
            all.addAll(encoder.encode(passages.subList(from, Math.min(passages.size(), from + LOOKED_UP_AT_ONCE))));
        }
        return all;
    }

    /** A look into a table costs less than handing it over. */
    private static boolean isLookup(Encoder encoder) {
        return encoder.info().reading() != EncoderInfo.Reading.CONTEXTUAL;
    }

    private List<List<Embedding>> queued(List<? extends Encoder> encoders, List<Passage> passages) {
        if (encoders.isEmpty()) {
            return List.of();
        }
        EmbeddingCache.Passages cached = cache.of(passages);
        List<Order> orders = encoders.stream()
                .map(encoder -> Order.of(encoder, passages, cached.find(encoder.info())))
                .toList();
        List<List<Embedding>> computed = computed(orders);
        List<List<Embedding>> all = new ArrayList<>();
        for (int e = 0; e < orders.size(); e++) {
            Order order = orders.get(e);
            for (int i = 0; i < order.missing().size(); i++) {
                int position = order.missing().get(i);
                Embedding embedding = computed.get(e).get(i);
                cached.keep(order.encoder().info(), position, embedding);
                order.known().put(position, embedding);
            }
            all.add(IntStream.range(0, passages.size())
                    .mapToObj(order.known()::get)
                    .toList());
        }
        return all;
    }

    /**
     * What one encoder is to do for a request.
     *
     * @param known embeddings by the positions of their passages
     * @param missing positions of passages without
     * @param passages these passages
     */
    private record Order(
            Encoder encoder, Map<Integer, Embedding> known, List<Integer> missing, List<Passage> passages) {

        static Order of(Encoder encoder, List<Passage> all, Map<Integer, Embedding> known) {
            List<Integer> missing = IntStream.range(0, all.size())
                    .filter(i -> !known.containsKey(i))
                    .boxed()
                    .toList();
            return new Order(
                    encoder, known, missing, missing.stream().map(all::get).toList());
        }

        long chars() {
            return passages.stream().mapToLong(Passage::chars).sum();
        }
    }

    private List<List<Embedding>> computed(List<Order> orders) {
        int found = orders.stream().mapToInt(order -> order.known().size()).sum();
        int missing = orders.stream().mapToInt(order -> order.missing().size()).sum();
        observer.looked(found, missing);
        Optional<Deadline> deadline = Optional.ofNullable(deadlines.get(Thread.currentThread()));
        deadline.ifPresent(until -> requireTime(until, orders));
        Room room = places.take(charge(orders))
                .orElseThrow(() -> new Refusal.Saturated(
                        "All places in the encoder queue are taken; try again.", RETRY_AFTER_SECONDS));
        long now = System.nanoTime();
        List<Work> works = orders.stream()
                .map(order -> new Work(order.encoder(), order.passages(), room, now, deadline))
                .toList();
        try {
            awaited.put(Thread.currentThread(), works);
            requireWanted(Thread.currentThread());
            if (!runs.add(works)) {
                throw EncoderRuns.stopping();
            }
            return works.stream().map(work -> await(work.done())).toList();
        } finally {
            awaited.remove(Thread.currentThread());
            works.forEach(work -> work.done().cancel(false));
            room.leave();
        }
    }

    /**
     * Gives up what a thread has encoded, now and until {@link #resume}, as nobody wants it any more: what no run has
     * taken is not even tokenized.
     *
     * @param reason what the thread gets
     */
    public void abandon(Thread waiting, Refusal reason) {
        givenUp.put(waiting, reason);
        awaited.getOrDefault(waiting, List.of()).forEach(work -> work.done().completeExceptionally(reason));
    }

    /** What a thread has encoded from now on, until {@link #resume}, is wanted until then. */
    public void limit(Thread waiting, Deadline deadline) {
        deadlines.put(waiting, deadline);
    }

    /** What a thread has encoded from now on is wanted again, whenever it comes. */
    public void resume(Thread waiting) {
        givenUp.remove(waiting);
        deadlines.remove(waiting);
    }

    /** Who could not be served in time is told so at once, and takes no time from those who can. */
    private void requireTime(Deadline deadline, List<Order> orders) {
        long left = deadline.leftNanos();
        if (left <= 0) {
            throw deadline.late();
        }
        long own = orders.stream().mapToLong(Order::chars).sum();
        double wait = own == 0 ? 0 : runs.waitNanos(own);
        if (wait > left) {
            throw new Refusal.Saturated(
                    "So much is waiting to be encoded that the answer would come too late; try again, or allow more"
                            + " time.",
                    (int) Math.ceil(wait / NANOS_PER_SECOND));
        }
    }

    /**
     * Returns when what this thread does is wanted, as far as is known.
     *
     * @throws Refusal the reason for which it was given up, or that its deadline is past
     */
    public void requireWanted() {
        requireWanted(Thread.currentThread());
    }

    private void requireWanted(Thread thread) {
        Refusal reason = givenUp.get(thread);
        if (reason != null) {
            throw reason;
        }
        Deadline deadline = deadlines.get(thread);
        if (deadline != null && deadline.leftNanos() <= 0) {
            throw deadline.late();
        }
    }

    /**
     * Another pool, whose work takes no place of this one's, over the same embeddings that need not be computed again.
     */
    public EncoderPool beside(int threadCount) {
        return new EncoderPool(threadCount, places.most(), cache, EncodingObserver.NONE);
    }

    /**
     * Another pool on the same threads for somebody who is to learn nothing of who uses this one: what one has computed
     * is computed again for the other, and only a share of the places can be taken by it. Closing it ends no thread.
     *
     * @param own what need not be computed again
     * @param share of the places, above 0, at most 1
     */
    public EncoderPool guest(EmbeddingCache own, double share) {
        return new EncoderPool(runs, places.part(share), own, observer, true);
    }

    /** Keeps no embedding that was computed so far: a text was forgotten, and its embedding must be. */
    public void forget() {
        cache.clear();
    }

    /** Characters that are waiting or running. */
    public int queuedChars() {
        return places.taken();
    }

    /** Has what waits run, for some seconds at most, then ends the threads, unless they are another pool's. */
    @Override
    public void close() {
        if (isGuest) {
            places.awaitFree();
        } else {
            runs.close();
        }
    }

    private static List<Embedding> await(CompletableFuture<List<Embedding>> embeddings) {
        try {
            return embeddings.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw EncoderRuns.stopping();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw new IllegalStateException("an encoder failed", failed.getCause());
        }
    }

    private int charge(List<Order> orders) {
        List<Integer> chars = orders.stream()
                .flatMap(order -> order.passages().stream())
                .map(Passage::chars)
                .toList();
        long longest = chars.stream().mapToLong(Integer::longValue).max().orElse(0);
        long all = chars.stream().mapToLong(Integer::longValue).sum();
        long share = Math.max(longest, places.most() / SHARES);
        return (int) Math.min(places.most(), Math.min(share, all));
    }
}
