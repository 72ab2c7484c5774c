// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import dev.perennial.task.TaskId;
import java.util.List;

/** The adapters that serve groups of tasks. Safe for concurrent use. */
@FunctionalInterface
public interface GroupAdapters {
    /** Where nothing is adapted. */
    GroupAdapters NONE = tasks -> List.of();

    /** Those that any of some tasks use, in the order in which they were made. */
    List<GroupAdapter> of(List<TaskId> tasks);
}
