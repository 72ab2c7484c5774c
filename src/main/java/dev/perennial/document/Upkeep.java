// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Work that one background thread does when it is asked for, again and again until it succeeds. Thread-safe. */
final class Upkeep implements AutoCloseable {
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(5);
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final Runnable work;
    private final ScheduledThreadPoolExecutor thread;
    private final AtomicBoolean asked = new AtomicBoolean();

    /** @param work may fail; it looks at {@link #isClosed} from time to time */
    Upkeep(Runnable work) {
        this.work = work;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread background = new Thread(task, "document-index");
            background.setDaemon(true);
            return background;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Has the work done soon; once, however often it is asked for until it begins. */
    void begin() {
        if (asked.compareAndSet(false, true)) {
            schedule(Duration.ZERO);
        }
    }

    boolean isClosed() {
        return thread.isShutdown();
    }

    /** Waits for the end of what has begun. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void schedule(Duration delay) {
        try {
            ScheduledFuture<?> unused = thread.schedule(this::attempt, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            asked.set(false);
        }
    }

    private void attempt() {
        asked.set(false);
        try {
            work.run();
        } catch (RuntimeException failure) {
            if (asked.compareAndSet(false, true)) {
                schedule(BETWEEN_ATTEMPTS);
            }
        }
    }
}
