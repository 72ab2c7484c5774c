// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.task.RevisionId;
import java.time.Instant;

/**
 * A graph as it is stored.
 *
 * @param definition its definition
 * @param revision the last change of its definition or its statements
 * @param createdAt when it was defined first
 * @param statements how many there are of it, of all sources
 */
public record StoredGraph(GraphDefinition definition, RevisionId revision, Instant createdAt, long statements) {}
