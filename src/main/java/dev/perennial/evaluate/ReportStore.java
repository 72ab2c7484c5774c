// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where reports of evaluations are kept: the last ones of each task, until the task is removed. Safe for concurrent
 * use.
 */
public interface ReportStore {

    /**
     * A report.
     *
     * @param id {@code eval_...}; a later one is greater
     * @param task whose answers it is about
     * @param createdAt when it was made
     * @param report a JSON object that holds no text of a client but names of labels
     */
    record Kept(String id, TaskId task, Instant createdAt, String report) {}

    /**
     * Keeps a report, and of its task no more than the last ones. A report of a task that has gone is not kept.
     *
     * @param most how many reports a task has
     */
    void keep(Kept report, int most);

    /** At most {@code limit} reports of a task after the id {@code after} ({@code ""}: from the oldest on). */
    List<Kept> reports(TaskId task, String after, int limit);

    Optional<Kept> report(TaskId task, String id);
}
