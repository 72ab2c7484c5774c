// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tasks that are gone, and may have been followed by others of their names. What is still on its way when its task goes
 * is known by its revision. Thread-safe.
 */
public final class FormerTasks {
    /** Nothing is on its way for so long that as many others go meanwhile. */
    private static final int MOST = 4_096;

    /** Oldest first. */
    private final Map<TaskId, RevisionId> lastByTask = new LinkedHashMap<>();

    /**
     * Notes that a task is gone.
     *
     * @param last the latest revision that it can have had
     */
    public synchronized void add(TaskId task, RevisionId last) {
        lastByTask.remove(task);
        lastByTask.put(task, last);
        if (lastByTask.size() > MOST) {
            lastByTask.remove(lastByTask.keySet().iterator().next());
        }
    }

    /** Whether a revision is one of a task that is gone, and none of what followed it. */
    public synchronized boolean had(TaskId task, RevisionId revision) {
        RevisionId last = lastByTask.get(task);
        return last != null && revision.number() <= last.number();
    }
}
