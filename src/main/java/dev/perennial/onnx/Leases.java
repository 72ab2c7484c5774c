// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Counts who uses a native object, so that it is freed only after its last user has left.
 *
 * <p>Freeing a native session or tokenizer while another thread is inside it ends the process. Thread-safe.
 */
final class Leases {
    private final Runnable free;
    private int held;
    private boolean excluded;
    private boolean retired;

    /** @param free frees the native object; runs once */
    Leases(Runnable free) {
        this.free = free;
    }

    /**
     * Runs {@code use} while the object cannot be freed.
     *
     * @throws IllegalStateException when the object was retired
     */
    <T> T lend(Supplier<T> use) {
        take();
        try {
            return use.get();
        } finally {
            giveBack();
        }
    }

    private synchronized void take() {
        awaitUninterruptibly(() -> !excluded);
        requireOpen();
        held++;
    }

    private void requireOpen() {
        if (retired) {
            throw new IllegalStateException("the encoder is closed");
        }
    }

    private synchronized void giveBack() {
        held--;
        notifyAll();
    }

    /**
     * Runs {@code change} while nobody uses the object; who wants to waits meanwhile. Not to be called by a user.
     *
     * @throws IllegalStateException when the object was retired
     */
    synchronized void alone(Runnable change) {
        awaitUninterruptibly(() -> !excluded);
        requireOpen();
        excluded = true;
        try {
            awaitUninterruptibly(() -> held == 0);
            change.run();
        } finally {
            excluded = false;
            notifyAll();
        }
    }

    /** Admits no new lease, waits for the last one to be given back, then frees the object. Idempotent. */
    synchronized void retire() {
        awaitUninterruptibly(() -> !excluded);
        boolean first = !retired;
        retired = true;
        awaitUninterruptibly(() -> held == 0);
        if (first) {
            free.run();
        }
    }

    private synchronized void awaitUninterruptibly(BooleanSupplier condition) {
        boolean interrupted = false;
        while (!condition.getAsBoolean()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
