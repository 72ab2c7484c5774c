// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What waits for an encoder, of all requests. Requests take turns, so that a short one does not wait for all of a long
 * one; whatever waits for encoders of the same host runs together. Thread-safe.
 */
final class WorkQueue {
    /** About as many tokens as keep the activations of one run in the second-level cache. */
    private static final long MOST_CHARS = 512;

    /** Splitting texts among threads pays only when each has so much to do. */
    private static final long FEWEST_CHARS = 128;

    private final int threads;
    private final Deque<Work> waiting = new ArrayDeque<>();
    private boolean closed;

    /** @param threads how many take from the queue */
    WorkQueue(int threads) {
        this.threads = threads;
    }

    /** Adds works in their order, all or, when the queue is closed, none. */
    synchronized boolean add(List<Work> works) {
        if (!closed) {
            works.stream().filter(Work::isWaiting).forEach(waiting::add);
            notifyAll();
        }
        return !closed;
    }

    /** Portions for encoders of one host; waits for them. Empty when the queue is closed and nothing waits. */
    synchronized List<Work.Portion> take() throws InterruptedException {
        while (true) {
            waiting.removeIf(work -> !work.isWaiting());
            if (!waiting.isEmpty()) {
                List<Work.Portion> portions = portions(fairShare());
                if (!portions.isEmpty()) {
                    return portions;
                }
            } else if (closed) {
                return List.of();
            } else {
                wait();
            }
        }
    }

    /** Admits no more. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Takes out everything that nobody has begun with. */
    synchronized List<Work> drain() {
        List<Work> left = List.copyOf(waiting);
        waiting.clear();
        return left;
    }

    /**
     * Characters that are read before something new of this length has had its turns: of longer works that wait, as
     * much as its own length, or one turn.
     */
    synchronized long charsBefore(long chars) {
        long turns = Math.max(MOST_CHARS, chars);
        return waiting.stream()
                .filter(Work::isWaiting)
                .mapToLong(work -> Math.min(turns, work.waitingChars()))
                .sum();
    }

    private long fairShare() {
        long chars = 0;
        for (Work work : waiting) {
            chars += work.waitingChars();
            if (chars >= MOST_CHARS * threads) {
                return MOST_CHARS;
            }
        }
        return Math.max(FEWEST_CHARS, chars / threads);
    }

    private List<Work.Portion> portions(long chars) {
        Work first = waiting.element();
        List<Work.Portion> portions = new ArrayList<>();
        long room = chars;
        for (Work work : waiting) {
            if (work.encoder().host() == first.encoder().host() && room > 0) {
                long before = work.waitingChars();
                work.take(room).ifPresent(portions::add);
                room -= Math.max(1, before - work.waitingChars());
            }
        }
        waiting.removeIf(work -> !work.isWaiting());
        if (first.isWaiting()) {
            waiting.addLast(waiting.removeFirst());
        }
        return portions;
    }
}
