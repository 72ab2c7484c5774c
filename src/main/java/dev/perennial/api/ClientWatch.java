// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.encode.Deadline;
import dev.perennial.encode.EncoderPool;
import dev.perennial.refusal.Refusal;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ends the waiting of questions whose client has closed its connection, or that take too long, so that nothing is
 * computed for nobody. Safe for concurrent use.
 */
@Singleton
public final class ClientWatch {
    /** Under which a request keeps when it arrived, on the clock of {@link System#nanoTime}. */
    public static final String ARRIVED = "perennial.arrived";

    /** How many milliseconds the client waits for an answer. */
    public static final String TIMEOUT = "X-Request-Timeout-Ms";

    public static final String TIMEOUT_MEANS =
            "After so many milliseconds the client wants no answer any longer, and gets a "
                    + "503 as soon as the work under way comes to an end of its own; at most prediction_seconds count. Where so much is waiting that the answer would come too late, "
                    + "that is said at once.";

    private static final long LONGEST_MILLIS = 9_999_999_999L;
    private static final Pattern MILLIS = Pattern.compile("[0-9]{1,10}");

    private final CurrentVertxRequest request;
    private final ServingGate gate;
    private final int seconds;

    public ClientWatch(CurrentVertxRequest request, ServingGate gate, Limits limits) {
        this.request = request;
        this.gate = gate;
        this.seconds = limits.predictionSeconds();
    }

    /**
     * Does work of the current request on this thread; what it waits for is given up when nobody does any longer. What
     * is not begun, or not done, in time is not answered.
     *
     * @throws Refusal.Saturated when the time was over before the work began, or before it was done
     * @throws Refusal.Unparsable when the client says in a way that cannot be read how long it waits
     */
    <T> T whileThere(Supplier<T> work) {
        @Nullable Long arrived = request.getCurrent().get(ARRIVED);
        return whileThere(deadline(arrived == null ? System.nanoTime() : arrived), work);
    }

    /** The same for a part of the request. */
    <T> T whileThere(Deadline deadline, Supplier<T> work) {
        RoutingContext current = request.getCurrent();
        HttpServerResponse response = current.response();
        EncoderPool pool = gate.serving().encoders().pool();
        Stay stay = new Stay(pool, Thread.currentThread());
        long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline.leftNanos()));
        long timer = current.vertx().setTimer(left, late -> stay.giveUp(deadline.late()));
        try {
            response.closeHandler(closed -> stay.giveUp(clientLeft()));
            if (response.closed()) {
                throw clientLeft();
            }
            pool.limit(Thread.currentThread(), deadline);
            pool.requireWanted();
            T done = work.get();
            pool.requireWanted();
            return done;
        } finally {
            current.vertx().cancelTimer(timer);
            stay.end();
        }
    }

    /**
     * Throws from now on, on whatever thread, when the client of the current request has closed its connection: for
     * long work that may take its time and asks now and then.
     */
    Runnable requireThere() {
        HttpServerResponse response = request.getCurrent().response();
        return () -> {
            if (response.closed()) {
                throw clientLeft();
            }
        };
    }

    private static Refusal clientLeft() {
        return new Refusal.NotReady("The client has left.", 1);
    }

    /**
     * Until when a part of the current request is waited for that begins now.
     *
     * @throws Refusal.Unparsable when the client says in a way that cannot be read how long it waits
     */
    Deadline deadline() {
        return deadline(System.nanoTime());
    }

    /** The client's time begins with its request, that of the service with the work. */
    private Deadline deadline(long arrivedNanos) {
        long own = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        long asked = millis(request.getCurrent().request().headers().getAll(TIMEOUT), Long.MAX_VALUE);
        long clients = arrivedNanos + TimeUnit.MILLISECONDS.toNanos(Math.min(asked, LONGEST_MILLIS));
        boolean sooner = asked < Long.MAX_VALUE && clients - own < 0;
        String limit = sooner ? TIMEOUT + ", " + asked : "prediction_seconds, " + seconds;
        return new Deadline(
                sooner ? clients : own,
                new Refusal.Saturated(
                        "The answer took longer than " + limit + ", and was given up. Ask again, for less at once.",
                        1));
    }

    /** What the one header of the name says, or else what holds without one. */
    static long millis(List<String> headers, long otherwise) {
        if (headers.isEmpty()) {
            return otherwise;
        }
        String header = headers.get(0);
        boolean readable = headers.size() == 1 && MILLIS.matcher(header).matches();
        long millis = readable ? Long.parseLong(header) : 0;
        if (millis < 1) {
            throw new Refusal.Unparsable("The header " + TIMEOUT + " must be sent once, with a whole number of"
                    + " milliseconds, from 1 to " + LONGEST_MILLIS + ".");
        }
        return millis;
    }

    /** Whether the client of the current request has closed its connection. */
    boolean hasLeft() {
        return request.getCurrent().response().closed();
    }

    /**
     * The time in which a thread works for one client; afterwards it may work for another. Holds the pool itself: what
     * was begun goes on when nobody new is let in.
     */
    private static final class Stay {
        private final EncoderPool pool;
        private final Thread thread;
        private boolean over;

        private Stay(EncoderPool pool, Thread thread) {
            this.pool = pool;
            this.thread = thread;
        }

        private synchronized void giveUp(Refusal reason) {
            if (!over) {
                pool.abandon(thread, reason);
            }
        }

        private synchronized void end() {
            over = true;
            pool.resume(thread);
        }
    }
}
