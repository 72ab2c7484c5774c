// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.inject.Singleton;
import java.util.function.Supplier;

/**
 * Ends the waiting of questions whose client has closed its connection, so that nothing is computed for nobody. Safe
 * for concurrent use.
 */
@Singleton
public final class ClientWatch {
    private final CurrentVertxRequest request;
    private final ServingGate gate;

    public ClientWatch(CurrentVertxRequest request, ServingGate gate) {
        this.request = request;
        this.gate = gate;
    }

    /** Does work of the current request on this thread; what it waits for is given up when the client leaves. */
    <T> T whileThere(Supplier<T> work) {
        HttpServerResponse response = request.getCurrent().response();
        Stay stay = new Stay(Thread.currentThread());
        response.closeHandler(closed -> stay.leave());
        if (response.closed()) {
            throw new Refusal.NotReady("The client has left.", 1);
        }
        try {
            return work.get();
        } finally {
            stay.end();
        }
    }

    /** Whether the client of the current request has closed its connection. */
    boolean hasLeft() {
        return request.getCurrent().response().closed();
    }

    /** The time in which a thread works for one client; afterwards it may work for another. */
    private final class Stay {
        private final Thread thread;
        private boolean over;

        private Stay(Thread thread) {
            this.thread = thread;
        }

        private synchronized void leave() {
            if (!over) {
                gate.serving().encoders().pool().abandon(thread);
            }
        }

        private synchronized void end() {
            over = true;
        }
    }
}
