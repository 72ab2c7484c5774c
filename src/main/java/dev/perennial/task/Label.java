// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

/**
 * One possible answer of a task.
 *
 * @param name unique within the task
 * @param description what the label means, for answers before the first example; {@code ""} when not given
 */
public record Label(String name, String description) {}
