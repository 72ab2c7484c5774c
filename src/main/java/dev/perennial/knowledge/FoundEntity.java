// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Optional;

/**
 * An entity that a search by name has found.
 *
 * @param entity its id
 * @param label its first name; its id where it has none
 * @param description what it is, if that is stated
 * @param prior how probable it is that the query means it; 0 where the query is only a part of a name
 */
public record FoundEntity(String entity, String label, Optional<String> description, double prior) {}
