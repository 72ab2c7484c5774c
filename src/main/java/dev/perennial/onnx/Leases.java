// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.util.function.Supplier;

/**
 * Counts who uses a native object, so that it is freed only after its last user has left.
 *
 * <p>Freeing a native session or tokenizer while another thread is inside it ends the process. Thread-safe.
 */
final class Leases {
    private final Runnable free;
    private int held;
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
        if (retired) {
            throw new IllegalStateException("the encoder is closed");
        }
        held++;
    }

    private synchronized void giveBack() {
        held--;
        notifyAll();
    }

    /** Admits no new lease, waits for the last one to be given back, then frees the object. Idempotent. */
    synchronized void retire() {
        boolean first = !retired;
        retired = true;
        boolean interrupted = false;
        while (held > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (first) {
            free.run();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
