/** Jina's classification, with and without examples. */
@NullMarked
package dev.perennial.facade.jina;

import org.jspecify.annotations.NullMarked;
