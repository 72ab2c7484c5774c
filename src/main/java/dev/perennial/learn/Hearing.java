// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Has tasks follow knowledge graphs that change: answers at once, and what was learnt a little later, once for many
 * changes in a row. A task that cannot follow keeps no other from it and is tried again. Safe for concurrent use.
 */
final class Hearing {
    private static final System.Logger LOG = System.getLogger(Hearing.class.getName());

    private static final long DELAY_SECONDS = 2;
    private static final long AGAIN_SECONDS = 30;

    private final TaskStore store;
    private final ActiveEnsembles active;
    private final Classrooms classrooms;
    private final TaskLearning learning;
    private final ScheduledExecutorService background;

    /** When graphs are heard next. */
    private Optional<ScheduledFuture<?>> next = Optional.empty();

    /** @param background runs what is learnt later; the caller's to shut down */
    Hearing(
            TaskStore store,
            ActiveEnsembles active,
            Classrooms classrooms,
            TaskLearning learning,
            ScheduledExecutorService background) {
        this.store = store;
        this.active = active;
        this.classrooms = classrooms;
        this.learning = learning;
        this.background = background;
    }

    /** Answers follow the graphs as they are now when this returns, but for tasks that cannot; they follow later. */
    void graphsChanged() {
        follow();
        within(DELAY_SECONDS);
    }

    /** Learns the tasks anew for which a graph has changed; those that could not be are tried again in a while. */
    void hearAnew() {
        // Whatever has changed until now is heard.
        forgetNext();
        boolean all = follow();
        try {
            for (StoredTask stored : store.tasks()) {
                all &= !background.isShutdown() && hearsAnew(stored.task().id());
            }
        } catch (RuntimeException | Error unreadable) {
            all = false;
        }
        if (!all) {
            within(AGAIN_SECONDS);
        }
    }

    /** Whether graphs will be heard again. */
    synchronized boolean isDue() {
        return next.isPresent();
    }

    /** Hears graphs in so many seconds, unless they are heard before that. */
    private synchronized void within(long seconds) {
        if (next.filter(heard -> heard.getDelay(TimeUnit.SECONDS) < seconds).isPresent()) {
            return;
        }
        forgetNext();
        try {
            next = Optional.of(background.schedule(this::hearAnew, seconds, TimeUnit.SECONDS));
        } catch (RejectedExecutionException closing) {
            // The next start hears it.
        }
    }

    private synchronized void forgetNext() {
        next.ifPresent(heard -> heard.cancel(false));
        next = Optional.empty();
    }

    /** Whether all answers follow the graphs as they are now. */
    private boolean follow() {
        boolean all = true;
        for (Ensemble serving : active.all()) {
            all &= follows(serving.task().id());
        }
        return all;
    }

    private boolean follows(TaskId id) {
        try {
            learning.followGraphs(id);
            return true;
        } catch (RuntimeException | Error failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Task {0} answers as before a graph changed, and is tried again: {1}",
                    id,
                    failure.getClass().getName());
            return false;
        }
    }

    private boolean hearsAnew(TaskId id) {
        try {
            classrooms.enter(id, classroom -> learning.hearAnew(id, classroom));
            return true;
        } catch (RuntimeException | Error failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Task {0} goes on as it learnt before a graph changed, and is tried again: {1}",
                    id,
                    failure.getClass().getName());
            return false;
        }
    }
}
