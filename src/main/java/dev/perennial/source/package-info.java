/** Readers of knowledge from outside: RDF, tables, and WordNet. */
@NullMarked
package dev.perennial.source;

import org.jspecify.annotations.NullMarked;
