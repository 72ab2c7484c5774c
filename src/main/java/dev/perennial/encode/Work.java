// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * The passages of one request that one encoder is to embed. They are taken in portions, shortest first, so that texts
 * of similar length run together.
 *
 * <p>Portions are taken under the lock of the {@link WorkQueue}, and come back from any thread.
 */
final class Work {
    private final Encoder encoder;
    private final List<Passage> passages;
    private final Room room;
    private final int[] order;
    private final Embedding[] embeddings;
    private final CompletableFuture<List<Embedding>> done = new CompletableFuture<>();
    private final long submittedNanos;
    private final Optional<Deadline> deadline;
    private long waitingChars;
    private int taken;
    private int finished;

    Work(Encoder encoder, List<Passage> passages, Room room, long submittedNanos, Optional<Deadline> deadline) {
        this.encoder = encoder;
        this.passages = passages;
        this.room = room;
        this.submittedNanos = submittedNanos;
        this.deadline = deadline;
        this.order = IntStream.range(0, passages.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> passages.get(i).chars()))
                .mapToInt(Integer::intValue)
                .toArray();
        this.embeddings = new Embedding[passages.size()];
        this.waitingChars = passages.stream().mapToLong(Passage::chars).sum();
        if (passages.isEmpty()) {
            done.complete(List.of());
        }
    }

    /**
     * Some passages of a work that run together.
     *
     * @param positions of these passages in the work
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Portion(Work work, int[] positions) {
        List<Passage> passages() {
            return IntStream.of(positions).mapToObj(work.passages::get).toList();
        }

        /** The embeddings, in the order of the passages. Room is given back before anybody is told. */
        void complete(List<Embedding> results) {
            boolean last = work.add(positions, results);
            work.room.leave();
            if (last) {
                work.done.complete(List.of(work.embeddings));
            }
        }

        void fail(Throwable failure) {
            work.room.leave();
            work.done.completeExceptionally(failure);
        }
    }

    Encoder encoder() {
        return encoder;
    }

    long submittedNanos() {
        return submittedNanos;
    }

    /** All embeddings in the order of the passages, once they are there. */
    CompletableFuture<List<Embedding>> done() {
        return done;
    }

    /** Whether passages are left that nobody has taken, and somebody still waits for them; nobody does too late. */
    boolean isWaiting() {
        deadline.filter(until -> until.leftNanos() <= 0).ifPresent(past -> done.completeExceptionally(past.late()));
        return taken < order.length && !done.isDone();
    }

    /** Characters that nobody has taken. */
    long waitingChars() {
        return waitingChars;
    }

    /** Takes passages of at most so many characters, but one at least; empty when the request has left. */
    Optional<Portion> take(long chars) {
        if (!room.enter()) {
            return Optional.empty();
        }
        int from = taken;
        long sum = 0;
        while (taken < order.length) {
            int next = passages.get(order[taken]).chars();
            if (taken > from && sum + next > chars) {
                break;
            }
            sum += next;
            taken++;
        }
        waitingChars -= sum;
        return Optional.of(new Portion(this, Arrays.copyOfRange(order, from, taken)));
    }

    /** Whether these were the last ones. */
    private boolean add(int[] positions, List<Embedding> results) {
        synchronized (embeddings) {
            for (int i = 0; i < positions.length; i++) {
                embeddings[positions[i]] = results.get(i);
            }
            finished += positions.length;
            return finished == embeddings.length;
        }
    }
}
