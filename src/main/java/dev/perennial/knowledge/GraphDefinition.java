// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

/**
 * The definition of a knowledge graph.
 *
 * @param id its name
 * @param description what it is about, for people; may be empty
 */
public record GraphDefinition(GraphId id, String description) {}
