// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Predictions;
import dev.perennial.task.TaskId;
import java.util.Optional;

/** Port: told what came of requests. Implementations are thread-safe and quick. */
public interface RequestObserver {

    /** Inputs were answered; {@code task} is empty when no task answered. */
    void answered(Optional<TaskId> task, Predictions answers);

    /** A request for predictions failed, by our fault or for want of a place. */
    void failed(Optional<TaskId> task);

    /** Feedback was taught. */
    void corrected(TaskId task, boolean wasWrong);
}
