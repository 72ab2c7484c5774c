/** Cohere's classification and its second reranking. */
@NullMarked
package dev.perennial.facade.cohere;

import org.jspecify.annotations.NullMarked;
