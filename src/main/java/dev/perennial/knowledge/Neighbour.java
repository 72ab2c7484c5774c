// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

/**
 * An entity that another one stands in a relation to.
 *
 * @param relation id of the relation
 * @param entity id of the entity at the other end
 */
public record Neighbour(String relation, String entity) {}
