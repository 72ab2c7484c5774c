// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.DerivedCache;
import dev.perennial.task.TaskId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Keeps the {@link DerivedCache} up to date behind the teacher's back. What is out of date goes at once, because it was
 * learnt from examples that may have been erased since; what replaces it is written a little later, so that many
 * changes in a row are written once. Safe for concurrent use.
 */
final class FitKeeper {
    private static final long DELAY_SECONDS = 5;

    private static final String PREFIX = "fit-";

    private final DerivedCache cache;
    private final ScheduledExecutorService executor;
    private final Map<TaskId, Learner.Learnt> unwritten = new HashMap<>();
    private boolean scheduled;

    /** @param executor runs what is written later; the caller's to shut down */
    FitKeeper(DerivedCache cache, ScheduledExecutorService executor) {
        this.cache = cache;
        this.executor = executor;
    }

    /** What was kept of a task last. */
    Optional<byte[]> get(TaskId task) {
        return cache.get(name(task));
    }

    /** Removes what is kept of all other tasks. */
    void retain(Collection<TaskId> tasks) {
        Set<String> wanted = tasks.stream().map(FitKeeper::name).collect(Collectors.toSet());
        cache.names().stream()
                .filter(name -> name.startsWith(PREFIX) && !wanted.contains(name))
                .forEach(cache::remove);
    }

    /** Keeps what was learnt of a task, a little later. */
    synchronized void keep(TaskId task, Learner.Learnt learnt) {
        unwritten.put(task, learnt);
        if (!scheduled) {
            schedule();
        }
    }

    private void schedule() {
        try {
            Future<?> unused = executor.schedule(this::write, DELAY_SECONDS, TimeUnit.SECONDS);
            scheduled = true;
        } catch (RejectedExecutionException closing) {
            // Closing writes what is left.
        }
    }

    /** Removes what is kept of a task, at once. */
    synchronized void remove(TaskId task) {
        unwritten.remove(task);
        cache.remove(name(task));
    }

    /** Writes what is not written yet. */
    void write() {
        synchronized (this) {
            scheduled = false;
        }
        while (writeOne()) {
            // One at a time, so that a teacher waits for one write at most.
        }
    }

    private synchronized boolean writeOne() {
        Iterator<Map.Entry<TaskId, Learner.Learnt>> next = unwritten.entrySet().iterator();
        if (!next.hasNext()) {
            return false;
        }
        Map.Entry<TaskId, Learner.Learnt> entry = next.next();
        next.remove();
        cache.put(name(entry.getKey()), entry.getValue().kept());
        return true;
    }

    private static String name(TaskId task) {
        return PREFIX + task.value();
    }
}
