// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import dev.perennial.task.TaskId;

/**
 * A task in its group.
 *
 * @param task its id
 * @param instruction of the task; {@code ""} when it has none
 * @param decision why it is there
 */
public record Placement(TaskId task, String instruction, Decision decision) {}
