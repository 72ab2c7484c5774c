// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The room that one request takes in the queue of an {@link EncoderPool}. It is given back when the request has left
 * and nothing of it runs any longer. Thread-safe.
 */
final class Room {
    private final Runnable givingBack;

    /** The request itself, and the batches that run for it. */
    private final AtomicInteger holders = new AtomicInteger(1);

    /** @param givingBack called once */
    Room(Runnable givingBack) {
        this.givingBack = givingBack;
    }

    /** A batch begins, unless the room was given back already. */
    boolean enter() {
        return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    void leave() {
        if (holders.decrementAndGet() == 0) {
            givingBack.run();
        }
    }
}
