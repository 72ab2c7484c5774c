// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import dev.perennial.task.TaskId;
import java.util.List;

/**
 * Tasks that ask nearly the same of the same kind of input and may share adapted parameters.
 *
 * @param id {@code g-} and the id of the task that opened it
 * @param placements its tasks, in the order in which they were defined, at least one
 */
public record TaskGroup(String id, List<Placement> placements) {
    public TaskGroup {
        placements = List.copyOf(placements);
    }

    /** Ids of its tasks, in the order in which they were defined. */
    public List<TaskId> tasks() {
        return placements.stream().map(Placement::task).toList();
    }
}
