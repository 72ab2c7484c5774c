// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which tasks need another revision before they answer, because before the start others may have answered by the one
 * that they have. Of a task that listens to knowledge graphs, or may have listened, nobody knows what the graphs said
 * then. Thread-safe.
 */
final class Renewals {
    private final TaskStore store;
    private final Map<TaskId, RevisionId> lastBeforeStart = new ConcurrentHashMap<>();

    Renewals(TaskStore store) {
        this.store = store;
    }

    /** Notes that other answers than now may have been given by a task's revision. */
    void suspect(StoredTask stored) {
        lastBeforeStart.put(stored.task().id(), stored.revision());
    }

    /** Notes that none have, or that the task is gone. */
    void clear(TaskId id) {
        lastBeforeStart.remove(id);
    }

    /** Whether others may have answered by a revision of a task. */
    boolean isDue(TaskId id, RevisionId revision) {
        RevisionId last = lastBeforeStart.get(id);
        return last != null && revision.compareTo(last) <= 0;
    }

    /** The same with a revision of its own; for answers that may be others than those of the last one. */
    StoredTask renewed(StoredTask stored) {
        return store.renew(stored.task().id()).orElse(stored);
    }
}
