/**
 * Knowledge graphs: what is stated about entities, where their names stand in a text, and what the entities that a text
 * names say about it. Plain Java.
 */
@NullMarked
package dev.perennial.knowledge;

import org.jspecify.annotations.NullMarked;
