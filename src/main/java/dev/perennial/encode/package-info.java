/** The seam to native inference: an encoder turns texts into unit embeddings. */
@NullMarked
package dev.perennial.encode;

import org.jspecify.annotations.NullMarked;
