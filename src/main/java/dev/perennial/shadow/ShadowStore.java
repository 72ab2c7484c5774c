// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.task.Idempotency;
import dev.perennial.task.TaskId;
import java.util.List;
import java.util.Optional;

/**
 * Port: where shadows are kept. It is of the same store as the tasks, and keeps to the same promises: a change is one
 * transaction that is on disk when the method returns, and nothing has changed when it throws. Beginning and ending are
 * told by audit events. Removing a task removes its shadows. Safe for concurrent use.
 */
public interface ShadowStore {
    /**
     * Keeps a shadow that begins, and of its task only the last ones that have ended.
     *
     * @param reply what the request was answered, to be kept for its repetition
     * @param most how many of a task are kept beside it
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task
     * @throws dev.perennial.refusal.Refusal.Conflict when one of the task runs
     */
    void begin(Shadow shadow, Optional<Idempotency.Entry> reply, int most);

    /** Keeps how far a running one got; one that has ended or is gone stays as it is. */
    void keep(ShadowCourse course);

    /** Keeps the end of a running one; one that has ended or is gone stays as it is. */
    void end(ShadowCourse course);

    /** A shadow of a task. */
    Optional<ShadowCourse> find(TaskId task, String id);

    /**
     * At most {@code limit} shadows of a task, latest first.
     *
     * @param before which one they began before; the empty string: none
     */
    List<ShadowCourse> page(TaskId task, String before, int limit);

    /** Those of all tasks that run. */
    List<ShadowCourse> running();
}
