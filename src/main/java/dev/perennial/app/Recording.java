// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.feedback.FeedbackBook;
import dev.perennial.feedback.Hindsight;
import dev.perennial.feedback.MistakeClusters;
import dev.perennial.feedback.PredictionLog;
import dev.perennial.feedback.PredictionStore;
import dev.perennial.store.Database;
import dev.perennial.store.SqlFeedbackStore;
import dev.perennial.store.SqlPredictionStore;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.time.InstantSource;

/**
 * What keeps answers, and what is said of them.
 *
 * @param log answers that feedback can refer to
 * @param book how good answers were, and which were mistakes
 */
record Recording(PredictionLog log, FeedbackBook book) {

    /** What keeps answers, and what is said of them: in two databases, or in one. */
    record Databases(Database answers, Database verdicts) {}

    static Recording of(Databases kept, PerennialConfig config, InstantSource clock, ServiceMetrics metrics) {
        PerennialConfig.PredictionLogging logged = config.predictionLog();
        PredictionLog.Bounds bounds = new PredictionLog.Bounds(
                new PredictionStore.Bounds(logged.rows(), logged.bytes(), logged.duration()), logged.waitingBytes());
        return new Recording(
                new PredictionLog(new SqlPredictionStore(kept.answers()), clock, bounds, metrics::notKept),
                new FeedbackBook(new SqlFeedbackStore(kept.verdicts()), clock));
    }

    Hindsight hindsight(TaskStore tasks) {
        return new Hindsight(log, book, new MistakeClusters(tasks, book, log));
    }

    /** Something of a task was erased, or all of it. */
    void erased(TaskId task) {
        log.afterErasing(task);
        book.forget(task);
    }
}
