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
 * @param apart what it keeps and does not learn from, in the order in which it is taught
 * @param settings what guards and watches it
 */
public record WholeTask(
        Task task,
        List<EncodedTeaching> examples,
        List<Teaching> suite,
        List<String> names,
        List<SetApart> apart,
        TaskSettings settings) {
    public WholeTask {
        examples = List.copyOf(examples);
        suite = List.copyOf(suite);
        names = List.copyOf(names);
        apart = List.copyOf(apart);
        for (SetApart one : apart) {
            if (one.before() < 0 || one.before() > examples.size()) {
                throw new IllegalArgumentException("an example that is set apart has a place among the others");
            }
        }
    }

    /** What is learnt from. */
    public List<Teaching> teachings() {
        return examples.stream().map(EncodedTeaching::teaching).toList();
    }
}
