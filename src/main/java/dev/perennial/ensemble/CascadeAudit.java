// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.task.Input;
import dev.perennial.task.Kind;
import dev.perennial.task.TaskId;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * Asks the full ensemble, in the background, about a random share of what a cheaper stage has answered, so that the
 * agreed risk is watched on what is really asked. When there is more to ask than one thread can, the rest is left out.
 * Safe for concurrent use.
 */
public final class CascadeAudit implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CascadeAudit.class.getName());
    private static final int MOST_WAITING = 64;

    private final double share;
    private final Random random;
    private final BiFunction<Ensemble, PredictionRequest, Predictions> predict;
    private final Outcome outcome;
    private final ThreadPoolExecutor executor;

    /** Told what came of each audit. */
    @FunctionalInterface
    public interface Outcome {
        /** @param agreed whether the full ensemble says the same */
        void audited(TaskId task, boolean agreed);
    }

    /**
     * @param share of the answers, in [0, 1]
     * @param seed of the choice
     * @param predict answers without being audited itself
     * @param outcome told of each audit
     */
    public CascadeAudit(
            double share, long seed, BiFunction<Ensemble, PredictionRequest, Predictions> predict, Outcome outcome) {
        this.share = share;
        this.random = new Random(seed);
        this.predict = predict;
        this.outcome = outcome;
        this.executor = new ThreadPoolExecutor(
                0,
                1,
                1,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                task -> {
                    Thread thread = new Thread(task, "audit");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
    }

    /** Notes an answer of a stage before the last. */
    void stopped(Ensemble ensemble, Input input, Prediction prediction) {
        if (share > 0 && random.nextDouble() < share) {
            executor.execute(() -> audit(ensemble, input, prediction));
        }
    }

    private void audit(Ensemble ensemble, Input input, Prediction given) {
        try {
            PredictionRequest request = new PredictionRequest(List.of(input), 1, Mode.FULL, false);
            Prediction full = predict.apply(ensemble, request).predictions().get(0);
            boolean sameSet = ensemble.task().kind() != Kind.MULTILABEL
                    || Set.copyOf(full.labelSet()).equals(Set.copyOf(given.labelSet()));
            boolean agreed = sameSet && full.label().equals(given.label()) && full.abstained() == given.abstained();
            outcome.audited(ensemble.task().id(), agreed);
        } catch (RuntimeException busyOrClosing) {
            LOG.log(System.Logger.Level.DEBUG, "An audit was left out", busyOrClosing);
        }
    }

    /** Leaves out what is waiting. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
