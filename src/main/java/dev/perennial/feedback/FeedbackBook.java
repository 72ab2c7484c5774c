// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.task.TaskId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps how good answers were, and which were mistakes. Thread-safe. */
public final class FeedbackBook {
    private static final System.Logger LOG = System.getLogger(FeedbackBook.class.getName());

    /** Of a task; older ones are deleted. */
    private static final FeedbackStore.Bounds BOUNDS = new FeedbackStore.Bounds(50_000, 10_000);

    /** By what the running figures fade: the last 200 answers are two thirds of them. */
    static final double FADING = 0.995;

    /** Of earlier answers than so many, less than 1e-4 would be left. */
    private static final int RECALLED = 2_000;

    private final FeedbackStore store;
    private final InstantSource clock;
    private final Map<TaskId, Prequential.Tally> runningByTask = new HashMap<>();

    public FeedbackBook(FeedbackStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * Keeps how good an answer was, and the mistake if it was one; earlier mistakes that were corrected by what this
     * replaces are corrected by it. What cannot be kept is left out: what was taught is taught.
     *
     * @return whether the answer is tested for the first time, and counts
     */
    public boolean keep(Told told) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        TestedAnswer answer = told.tested(now);
        Optional<Mistake> mistake = told.mistake(now);
        try {
            store.correct(told.truth(now));
            synchronized (runningByTask) {
                Prequential.Tally running = running(answer.task());
                boolean counts = store.keep(answer, mistake, BOUNDS);
                if (counts) {
                    running.add(answer.scores());
                }
                return counts;
            }
        } catch (RuntimeException failure) {
            LOG.log(System.Logger.Level.WARNING, "A tested answer could not be kept", failure);
            return false;
        }
    }

    /** How good the answers of a task are lately. */
    public Prequential.Figures lately(TaskId task) {
        synchronized (runningByTask) {
            return running(task).figures();
        }
    }

    private Prequential.Tally running(TaskId task) {
        return runningByTask.computeIfAbsent(task, first -> {
            Prequential.Tally tally = new Prequential.Tally(FADING);
            store.latest(task, RECALLED).forEach(answer -> tally.add(answer.scores()));
            return tally;
        });
    }

    /** How good the answers of a task were. */
    public Prequential prequential(TaskId task, int window, double fading) {
        return Prequential.of(store.latest(task, BOUNDS.answers()), window, fading);
    }

    /** Mistakes, latest first; see {@link FeedbackStore#mistakes}. */
    public List<Mistake> mistakes(Optional<TaskId> task, String before, int limit) {
        return store.mistakes(task, before, limit);
    }

    /** How many mistakes of a task are kept. */
    public long mistakes(TaskId task) {
        return store.mistakes(task);
    }

    /** Something of a task was erased, or all of it: what is known of it is read anew. */
    public void forget(TaskId task) {
        synchronized (runningByTask) {
            runningByTask.remove(task);
        }
    }
}
