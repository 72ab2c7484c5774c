// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.time.Instant;

/**
 * A task as the store has it.
 *
 * @param task its definition
 * @param revision the last change of its definition, policy or examples
 * @param createdAt when it was first defined
 * @param examples number of its examples
 */
public record StoredTask(Task task, RevisionId revision, Instant createdAt, long examples) {}
