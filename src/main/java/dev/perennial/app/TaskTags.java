// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.task.TaskId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Values of the tag {@code task}: a bounded number of task ids, and {@code other} for all tasks beyond. A value once
 * given is kept, so that a series never changes its meaning. Thread-safe.
 */
final class TaskTags {
    static final String OTHER = "other";

    private final int most;
    private final Set<TaskId> named = ConcurrentHashMap.newKeySet();

    /** @param most how many tasks get a value of their own */
    TaskTags(int most) {
        this.most = most;
    }

    /** The value for a task that may not exist: a client's word alone takes no place. */
    String ofUnproven(TaskId task) {
        return named.contains(task) ? task.value() : OTHER;
    }

    /** The value for a task that exists. */
    String of(TaskId task) {
        if (named.contains(task)) {
            return task.value();
        }
        synchronized (this) {
            if (named.size() >= most) {
                return OTHER;
            }
            named.add(task);
            return task.value();
        }
    }
}
