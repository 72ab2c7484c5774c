// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.task.TaskId;

/**
 * Where the bounds of tasks' gates are kept, until their task is removed. Every change is one transaction with the
 * audit event that tells of it. Safe for concurrent use.
 */
public interface GateStore {

    /** What a task has set; the defaults where it has set nothing. */
    GateBounds bounds(TaskId task);

    /**
     * Sets the bounds of a task in the place of the former; the defaults take back what was set.
     *
     * @return whether they are others than before
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task
     */
    boolean setBounds(TaskId task, GateBounds bounds);
}
