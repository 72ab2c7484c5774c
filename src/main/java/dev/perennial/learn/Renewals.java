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
    private final Map<TaskId, RevisionId> repeated = new ConcurrentHashMap<>();

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
        repeated.remove(id);
    }

    /** Notes that answers by a revision of a task are those that were given by it, as its record proves. */
    void prove(TaskId id, RevisionId revision) {
        repeated.put(id, revision);
    }

    /** Whether others may have answered by a revision of a task than do now. */
    boolean isDue(TaskId id, RevisionId revision) {
        return isOfBefore(id, revision) && !revision.equals(repeated.get(id));
    }

    /** Whether a task may have answered by a revision before the start, of which not everything is known. */
    boolean isOfBefore(TaskId id, RevisionId revision) {
        RevisionId last = lastBeforeStart.get(id);
        return last != null && revision.compareTo(last) <= 0;
    }

    /** The same with a revision of its own; for answers that may be others than those of the last one. */
    StoredTask renewed(StoredTask stored) {
        return store.renew(stored.task().id()).orElse(stored);
    }
}
