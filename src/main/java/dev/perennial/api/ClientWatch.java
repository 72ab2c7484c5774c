// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.encode.EncoderPool;
import dev.perennial.refusal.Refusal;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Ends the waiting of questions whose client has closed its connection, or that take too long, so that nothing is
 * computed for nobody. Safe for concurrent use.
 */
@Singleton
public final class ClientWatch {
    private final CurrentVertxRequest request;
    private final ServingGate gate;
    private final int seconds;

    public ClientWatch(CurrentVertxRequest request, ServingGate gate, Limits limits) {
        this.request = request;
        this.gate = gate;
        this.seconds = limits.predictionSeconds();
    }

    /** Does work of the current request on this thread; what it waits for is given up when nobody does any longer. */
    <T> T whileThere(Supplier<T> work) {
        RoutingContext current = request.getCurrent();
        HttpServerResponse response = current.response();
        Stay stay = new Stay(gate.serving().encoders().pool(), Thread.currentThread());
        long timer = current.vertx().setTimer(TimeUnit.SECONDS.toMillis(seconds), late -> stay.giveUp(tooLate()));
        try {
            response.closeHandler(closed -> stay.giveUp(clientLeft()));
            if (response.closed()) {
                throw clientLeft();
            }
            return work.get();
        } finally {
            current.vertx().cancelTimer(timer);
            stay.end();
        }
    }

    private static Refusal clientLeft() {
        return new Refusal.NotReady("The client has left.", 1);
    }

    private Refusal tooLate() {
        return new Refusal.Saturated(
                "The answer took longer than prediction_seconds, " + seconds + ", and was given up. Ask again, for less"
                        + " at once.",
                1);
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
