// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.task.TaskId;

/** Port: told what becomes of shadows. Implementations are thread-safe and quick. */
public interface ShadowObserver {
    /** Both have answered an input. */
    void compared(TaskId task, boolean differ);

    /** Inputs were to be answered by both, and were not. */
    void dropped(TaskId task);

    /** A candidate has answered in the place of what serves. */
    void canary(TaskId task);
}
