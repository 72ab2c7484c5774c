// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.List;

/**
 * All that a task is made of.
 *
 * @param task with its policy
 * @param examples in the order in which they are taught
 */
public record WholeTask(Task task, List<EncodedTeaching> examples) {
    public WholeTask {
        examples = List.copyOf(examples);
    }

    /** What is taught. */
    public List<Teaching> teachings() {
        return examples.stream().map(EncodedTeaching::teaching).toList();
    }
}
