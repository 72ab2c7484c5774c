// SPDX-License-Identifier: Apache-2.0
package dev.perennial.revision;

import dev.perennial.task.Example;
import dev.perennial.task.Task;
import java.util.List;

/**
 * What a task was at a revision.
 *
 * @param task definition and policy
 * @param examples those that were taught, in the order of their ids, but for the erased ones
 * @param erased how many were taught then and are erased since; such a state cannot come back as it was
 */
public record TaskState(Task task, List<Example> examples, long erased) {
    public TaskState {
        examples = List.copyOf(examples);
    }
}
