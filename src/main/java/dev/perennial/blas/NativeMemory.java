// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Pointer;

/**
 * Gives memory that native libraries have freed back to the system, at once and then at intervals, on a thread of its
 * own. The allocator of the C library keeps it otherwise, in an arena for each thread that ever asked for some: opening
 * the encoders leaves hundreds of megabytes there.
 */
public final class NativeMemory implements AutoCloseable {
    private final ScheduledExecutorService executor;
    private final ScheduledFuture<?> turns;

    /** @param interval pause between two times */
    public NativeMemory(Duration interval) {
        this.executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "native-memory");
            thread.setDaemon(true);
            return thread;
        });
        this.turns =
                executor.scheduleWithFixedDelay(NativeMemory::giveBack, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Does it once, where the C library can; some milliseconds. */
    static void giveBack() {
        Pointer.trimMemory();
    }

    @Override
    public void close() {
        turns.cancel(false);
        executor.shutdown();
    }
}
