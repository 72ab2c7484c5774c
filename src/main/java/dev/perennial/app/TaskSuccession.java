// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.WholeTask;

/**
 * Told when a task goes, and when a whole one comes. Whatever was still asked of the former one is none of the other's.
 */
interface TaskSuccession {
    /**
     * A task is gone, though its last answers may be on their way.
     *
     * @param last the latest revision that it can have had
     */
    void gone(TaskId task, RevisionId last);

    /** A whole task is stored; it answers nothing yet. */
    void arrived(WholeTask whole, StoredTask stored);
}
