// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Similarity;
import dev.perennial.ensemble.VectorModel;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How relevant a document is to a query.
 *
 * @param index its position among the documents
 * @param score at most 1
 * @param truncated whether the document or the query was longer than a member can read
 */
public record Relevance(int index, double score, boolean truncated) {

    /**
     * Of each document, the most relevant one first.
     *
     * @param texts the query and then the documents
     */
    public static List<Relevance> of(Serving serving, VectorModel model, List<String> texts) {
        List<Similarity> found = serving.vectors().similaritiesToFirst(model, texts);
        return IntStream.range(0, found.size())
                .mapToObj(
                        i -> new Relevance(i, found.get(i).score(), found.get(i).truncated()))
                .sorted(Comparator.comparingDouble((Relevance one) -> -one.score())
                        .thenComparingInt(Relevance::index))
                .toList();
    }
}
