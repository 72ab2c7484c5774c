// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Ends work that gives no sign of itself any more: first as somebody who cancels it would, and by interrupting its
 * thread; what has not ended some time later is given up. Thread-safe.
 */
final class JobWatch implements AutoCloseable {
    /** How long work that was interrupted may take to end. */
    static final Duration GRACE = Duration.ofMinutes(1);

    private static final System.Logger LOG = System.getLogger(JobWatch.class.getName());
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    /** A thread and what it works on. Guarded by itself. */
    static final class Shift {
        private final JobRun run;
        private final Thread thread;
        private boolean interrupted;
        private long interruptedAt;
        private boolean isOver;

        private Shift(JobRun run, Thread thread) {
            this.run = run;
            this.thread = thread;
        }

        /** Interrupts what stands still; whether it is to be given up. */
        private synchronized boolean look(long now, Duration stall) {
            if (isOver) {
                return false;
            }
            if (!interrupted && now - run.lastSign() > stall.toNanos()) {
                run.standStill();
                interrupted = true;
                interruptedAt = now;
                thread.interrupt();
                LOG.log(System.Logger.Level.WARNING, "Job {0} stands still, and is ended", run.id());
            }
            return interrupted && now - interruptedAt > GRACE.toNanos();
        }

        /** Unless the work has ended meanwhile. */
        private synchronized void giveUp(Consumer<JobRun> how) {
            if (!isOver) {
                how.accept(run);
            }
        }

        private synchronized void end() {
            isOver = true;
            if (interrupted) {
                // It was meant for the work; what is written of it is not to be disturbed.
                boolean unused = Thread.interrupted();
            }
        }
    }

    private final JobEngine engine;
    private final Duration stall;
    private final Consumer<JobRun> givenUp;
    private final Set<Shift> shifts = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor executor;

    /**
     * @param stall how long work may give no sign; zero: without end
     * @param givenUp is told of work whose thread does not end, and again if it fails; waits for nothing
     */
    JobWatch(JobEngine engine, Duration stall, Consumer<JobRun> givenUp) {
        this.engine = engine;
        this.stall = stall;
        this.givenUp = givenUp;
        this.executor = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "job-watch");
            thread.setDaemon(true);
            return thread;
        });
        if (!stall.isZero()) {
            long pause = Math.max(1, Math.min(LONGEST_PAUSE_MILLIS, stall.toMillis() / 4));
            ScheduledFuture<?> unused =
                    executor.scheduleWithFixedDelay(this::look, pause, pause, TimeUnit.MILLISECONDS);
        }
    }

    /** The asking thread begins to work. */
    Shift begin(JobRun run) {
        Shift shift = new Shift(run, Thread.currentThread());
        shifts.add(shift);
        return shift;
    }

    /** The asking thread has ended its work: nothing interrupts it from now on. */
    void end(Shift shift) {
        shift.end();
        shifts.remove(shift);
    }

    /** Looks once at all work. */
    void look() {
        long now = engine.nanos().getAsLong();
        List<Shift> stuck = new ArrayList<>();
        for (Shift shift : shifts) {
            if (shift.look(now, stall)) {
                stuck.add(shift);
            }
        }
        for (Shift shift : stuck) {
            try {
                shift.giveUp(givenUp);
                shifts.remove(shift);
            } catch (RuntimeException | Error failure) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Job {0} cannot be given up yet: {1}",
                        shift.run.id(),
                        failure.getClass());
            }
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
