// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that the jobs of a tenant run on, in the order in which they came. One that does not come back from its
 * work is replaced, if no more than {@link JobObserver#MOST_LOST_THREADS} are lost; where more are, fewer jobs run at
 * once, or none. Thread-safe.
 */
final class JobThreads implements AutoCloseable {
    private static final int CLOSE_SECONDS = 20;
    private static final int INTERRUPTED_SECONDS = 5;

    private final int size;
    private final JobObserver observer;
    private final ThreadPoolExecutor executor;

    /** Guarded by this. */
    private int lost;

    @SuppressWarnings("ThreadPriorityCheck")
    JobThreads(int size, JobObserver observer) {
        this.size = size;
        this.observer = observer;
        this.executor =
                new ThreadPoolExecutor(size, size, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "job");
                    thread.setDaemon(true);
                    // Linux does not heed it by default.
                    thread.setPriority(Thread.MIN_PRIORITY);
                    return thread;
                });
    }

    void execute(Runnable work) {
        executor.execute(work);
    }

    /** Runs what must not wait for jobs on a thread of its own. */
    static Thread beside(Runnable work) {
        Thread thread = new Thread(work, "job-end");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** A thread does not come back; another one takes its place. */
    synchronized void lost() {
        lost++;
        observer.lost(1);
        int wanted = wanted();
        executor.setMaximumPoolSize(wanted);
        executor.setCorePoolSize(wanted);
    }

    /** A thread that was lost has come back. */
    synchronized void found() {
        lost--;
        observer.lost(-1);
        int wanted = wanted();
        executor.setCorePoolSize(wanted);
        executor.setMaximumPoolSize(wanted);
    }

    private int wanted() {
        return size + Math.max(0, Math.min(lost, JobObserver.MOST_LOST_THREADS));
    }

    /** Lets running work end its present step. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                executor.shutdownNow();
                executor.awaitTermination(INTERRUPTED_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
