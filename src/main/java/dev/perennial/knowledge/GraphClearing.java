// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.refusal.Refusal;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Deletes in the background, in small portions, what was removed from knowledge graphs. Thread-safe.
 *
 * <p>What it does not get to is not seen by anybody, and goes on being deleted after the next start.
 */
public final class GraphClearing implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(GraphClearing.class.getName());
    private static final int PORTION = 1_000;
    private static final int CLOSE_SECONDS = 5;

    private final KnowledgeStore store;
    private final AtomicBoolean awake = new AtomicBoolean();
    private final ExecutorService thread;
    private volatile boolean closed;

    @SuppressWarnings("ThreadPriorityCheck")
    public GraphClearing(KnowledgeStore store) {
        this.store = store;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread one = new Thread(task, "graph-clearing");
            one.setDaemon(true);
            one.setPriority(Thread.MIN_PRIORITY);
            return one;
        });
    }

    /** Begins to delete, unless that is going on. */
    public synchronized void wake() {
        if (!closed && !awake.getAndSet(true)) {
            thread.execute(this::clear);
        }
    }

    private void clear() {
        awake.set(false);
        try {
            while (!closed && store.clear(PORTION)) {
                // Whoever waits to write goes first.
            }
        } catch (Refusal.StoreUnavailable away) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "What was removed from graphs is deleted later: {0}",
                    away.getMessage());
        }
    }

    /** Ends after the present portion. */
    @Override
    public synchronized void close() {
        closed = true;
        thread.shutdown();
        try {
            thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
