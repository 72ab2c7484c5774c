// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoders;
import dev.perennial.encode.ReadingObserver;
import dev.perennial.refresh.AskedQuestions;
import dev.perennial.refresh.RefreshJob.Refreshable;
import dev.perennial.refresh.StaticRefresher;
import dev.perennial.task.TaskStore;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;

/**
 * What refreshes of the static member are made of.
 *
 * @param table the member; empty where it does not serve
 * @param sample the questions that it is refreshed on
 * @param pool one thread, of low priority where the system heeds it, on which candidates are learnt and judged
 */
record Refreshing(Optional<EncoderSource.Table> table, Optional<AskedQuestions> sample, ForkJoinPool pool) {

    /**
     * @param most how many questions are sampled
     * @param seed of the choice
     */
    static Refreshing of(Optional<EncoderSource.Table> table, int most, long seed) {
        return new Refreshing(
                table, table.map(one -> new AskedQuestions(one.teacher(), one.built(), most, seed)), inBackground(1));
    }

    /** Threads that ask for the lowest priority; Linux does not heed it by default, and each takes up to a core. */
    @SuppressWarnings("ThreadPriorityCheck")
    static ForkJoinPool inBackground(int threads) {
        return new ForkJoinPool(
                threads,
                pool -> {
                    ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
                    thread.setPriority(Thread.MIN_PRIORITY);
                    return thread;
                },
                null,
                false);
    }

    /** Told of what is read for questions. */
    ReadingObserver readings() {
        return sample.map(ReadingObserver.class::cast).orElse(ReadingObserver.NONE);
    }

    /** A text was to be forgotten, and may have been asked as well. */
    void forget() {
        sample.ifPresent(AskedQuestions::clear);
    }

    Optional<Refreshable> refreshable(TaskStore store, Encoders encoders) {
        return table.flatMap(one -> sample.map(questions -> new Refreshable(
                one.built().info().id(), new StaticRefresher(questions, encoders, store, pool), one.shelf())));
    }
}
