// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A few connections that only read, each lent to one thread at a time. Safe for concurrent use. */
final class ReadingConnections {
    private static final long WAIT_SECONDS = 10;

    private final BlockingQueue<LastingConnection> idle;
    private volatile boolean closed;

    /** @param opening opens one of them; they are opened when they are first needed */
    ReadingConnections(int count, LastingConnection.Opening opening) {
        idle = new ArrayBlockingQueue<>(count);
        for (int i = 0; i < count; i++) {
            idle.add(new LastingConnection(opening));
        }
    }

    /**
     * Lends a connection to {@code work}.
     *
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when none becomes idle in time, or after the end
     */
    <T> T lend(Function<LastingConnection, T> work) {
        LastingConnection connection = borrow();
        try {
            return work.apply(connection);
        } finally {
            idle.add(connection);
            if (closed) {
                close();
            }
        }
    }

    /** Closes those that are idle now, and each other one as it comes back. */
    void close() {
        closed = true;
        List<LastingConnection> present = new ArrayList<>();
        idle.drainTo(present);
        present.forEach(LastingConnection::drop);
    }

    private LastingConnection borrow() {
        if (closed) {
            throw StoreFailure.closed();
        }
        try {
            LastingConnection connection = idle.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            if (connection == null) {
                throw StoreFailure.unavailable("The store is busy. Send the request again.");
            }
            return connection;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StoreFailure.unavailable("The request was interrupted while it waited for the store.");
        }
    }
}
