// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.encode.EncoderPool;
import dev.perennial.feedback.FeedbackListener;
import dev.perennial.task.TaskId;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Looks after shadows and apprentices again and again, on one thread, until it is closed. Thread-safe. */
public final class Rounds implements FeedbackListener, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Rounds.class.getName());
    private static final long CLOSING_SECONDS = 10;

    private final Shadows shadows;
    private final ShadowUpkeep upkeep;
    private final Apprentices apprentices;
    private final EncoderPool readers;
    private final ScheduledExecutorService executor;
    private final ThreadPoolExecutor judging;

    /** @param readers read for shadows alone, and are closed with this */
    public Rounds(Shadows shadows, Apprentices apprentices, EncoderPool readers) {
        this.shadows = shadows;
        this.judging = new ThreadPoolExecutor(
                1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> thread(work, "shadow-gate"));
        judging.allowCoreThreadTimeOut(true);
        this.upkeep = new ShadowUpkeep(shadows, judging);
        this.apprentices = apprentices;
        this.readers = readers;
        this.executor = Executors.newSingleThreadScheduledExecutor(work -> thread(work, "shadow-upkeep"));
    }

    private static Thread thread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Candidates that answer beside what serves. */
    public Shadows shadows() {
        return shadows;
    }

    /** Tasks that answer silently. */
    public Apprentices apprentices() {
        return apprentices;
    }

    /** Something may have been erased of a task. */
    public void erased(TaskId task) {
        shadows.erased(task);
        apprentices.erased(task);
    }

    @Override
    public void given(Given feedback) {
        feedback.predictionId().ifPresent(prediction -> {
            shadows.judged(feedback.task(), prediction, feedback.right());
            apprentices.judged(feedback.task(), prediction, !feedback.wasRight(), feedback.keptAt());
        });
    }

    /** Goes on with what went on when the service stopped, and begins to look after it. */
    public void begin(Duration between) {
        shadows.restore();
        apprentices.restore();
        ScheduledFuture<?> unused = executor.scheduleWithFixedDelay(
                this::round, between.toMillis(), between.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void round() {
        try {
            upkeep.run();
            apprentices.lookAfter();
        } catch (RuntimeException | Error failure) {
            LOG.log(System.Logger.Level.WARNING, "Shadows were not looked after; tried again", failure);
        }
    }

    /** Ends what goes on, and keeps what was counted. */
    @Override
    public void close() {
        shadows.close();
        executor.shutdown();
        // What waits to be judged is judged after the next start.
        judging.getQueue().clear();
        judging.shutdown();
        readers.close();
        try {
            if (!executor.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)
                    || !judging.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "A candidate is still being learnt or judged");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        upkeep.keepAll();
        apprentices.keepAll();
    }
}
