// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.TaskId;
import java.util.Set;

/**
 * A job that asks for trainings, and asks for the same ones again after it was cut off.
 *
 * @param id of the job
 * @param tasks from which it learns
 * @param inputs keys, in hex, of what it learns from
 */
public record TrainingJob(String id, Set<TaskId> tasks, Set<String> inputs) {
    public TrainingJob {
        tasks = Set.copyOf(tasks);
        inputs = Set.copyOf(inputs);
    }
}
