/** The index of documents: words by BM25 and vectors by nearest neighbours, in Lucene's files. */
@NullMarked
package dev.perennial.lucene;

import org.jspecify.annotations.NullMarked;
