// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Work on a thread of its own, for a thread that has something else to do before it needs the result. Not interrupted:
 * for work that ends soon.
 *
 * @param <T> result
 */
final class Beside<T> {
    private final CompletableFuture<T> result;

    private Beside(CompletableFuture<T> result) {
        this.result = result;
    }

    static <T> Beside<T> begin(String thread, Supplier<T> work) {
        return new Beside<>(CompletableFuture.supplyAsync(work, task -> new Thread(task, thread).start()));
    }

    /** Does something with a result that is there. */
    void ifDone(Consumer<T> use) {
        if (result.isDone() && !result.isCompletedExceptionally()) {
            use.accept(result.join());
        }
    }

    /** Waits for the result, or throws what the work threw. */
    T join() {
        try {
            return result.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (failed.getCause() instanceof Error failure) {
                throw failure;
            }
            throw failed;
        }
    }
}
