// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.List;

/**
 * All that a task is made of.
 *
 * @param task with its policy
 * @param examples in the order in which they are taught
 * @param suite rows that it is measured with; none where it has no suite
 * @param names that its revision is given
 */
public record WholeTask(Task task, List<EncodedTeaching> examples, List<Teaching> suite, List<String> names) {
    public WholeTask {
        examples = List.copyOf(examples);
        suite = List.copyOf(suite);
        names = List.copyOf(names);
    }

    /** What is taught. */
    public List<Teaching> teachings() {
        return examples.stream().map(EncodedTeaching::teaching).toList();
    }
}
