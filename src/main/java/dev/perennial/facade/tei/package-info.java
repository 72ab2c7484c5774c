/** The routes of text-embeddings-inference. */
@NullMarked
package dev.perennial.facade.tei;

import org.jspecify.annotations.NullMarked;
