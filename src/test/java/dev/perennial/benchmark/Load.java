// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Requests sent to one route, from many connections at once.
 *
 * @param service where to
 * @param path the route
 * @param body what is sent, anew for every request; called by many threads
 * @param pid the process that answers, to read what it uses; 0: not known
 */
record Load(URI service, String path, Supplier<String> body, long pid) {
    /** Enough that a request hardly ever waits for one while the service keeps what it admits below a hundred. */
    private static final int CONNECTIONS = 320;

    private static final int OK = 200;
    private static final double NANOS = 1e9;

    /** When to send. */
    private interface Schedule {
        /** When the next request is due, by {@link System#nanoTime}; {@link Long#MAX_VALUE}: never. */
        long next(long now);
    }

    /** Some connections, each of which sends its next request when the last one is answered. */
    LoadReport closed(int connections, double warmUpSeconds, double seconds) throws Exception {
        long end = System.nanoTime() + (long) (NANOS * (warmUpSeconds + seconds));
        return measured(connections, now -> now < end ? now : Long.MAX_VALUE, warmUpSeconds, seconds);
    }

    /**
     * Requests at a fixed rate, whether or not earlier ones are answered. Times are counted from the moment at which a
     * request was due, so that one that had to wait for a connection is not praised for it.
     */
    LoadReport open(double perSecond, double seconds) throws Exception {
        int requests = (int) (perSecond * seconds);
        long began = System.nanoTime();
        AtomicInteger sent = new AtomicInteger();
        Schedule even = now -> {
            int number = sent.getAndIncrement();
            return number < requests ? began + (long) (number * NANOS / perSecond) : Long.MAX_VALUE;
        };
        return measured(CONNECTIONS, even, 0, seconds);
    }

    private LoadReport measured(int connections, Schedule schedule, double warmUpSeconds, double seconds)
            throws Exception {
        long began = System.nanoTime() + (long) (NANOS * warmUpSeconds);
        long end = began + (long) (NANOS * seconds);
        ExecutorService senders = Executors.newFixedThreadPool(connections);
        try {
            List<Future<List<Exchange>>> running = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                running.add(senders.submit(() -> send(schedule)));
            }
            waitUntil(began);
            ProcessUse before = ProcessUse.of(pid);
            waitUntil(end);
            ProcessUse after = ProcessUse.of(pid);
            List<Exchange> exchanges = new ArrayList<>();
            for (Future<List<Exchange>> sender : running) {
                for (Exchange exchange : sender.get()) {
                    if (exchange.ended() >= began && exchange.ended() < end) {
                        exchanges.add(exchange);
                    }
                }
            }
            return LoadReport.of(exchanges, seconds, before, after);
        } finally {
            senders.shutdownNow();
        }
    }

    /**
     * A request and its reply, by {@link System#nanoTime}.
     *
     * @param due when it should have been sent
     * @param late how much later it was
     * @param ended when the reply was there
     * @param answered whether it was an answer and no refusal
     */
    record Exchange(long due, long late, long ended, boolean answered) {}

    private List<Exchange> send(Schedule schedule) throws IOException {
        List<Exchange> exchanges = new ArrayList<>();
        try (HttpConnection connection = new HttpConnection(service)) {
            for (long due = schedule.next(System.nanoTime());
                    due != Long.MAX_VALUE;
                    due = schedule.next(System.nanoTime())) {
                waitUntil(due);
                String json = body.get();
                long late = System.nanoTime() - due;
                boolean answered = connection.post(path, json).status() == OK;
                exchanges.add(new Exchange(due, late, System.nanoTime(), answered));
            }
        }
        return exchanges;
    }

    private static void waitUntil(long nanoTime) {
        for (long rest = nanoTime - System.nanoTime(); rest > 0; rest = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(rest);
        }
    }
}
