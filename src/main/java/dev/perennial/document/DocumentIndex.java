// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Finds documents by words and by meaning. It is derived from a {@link DocumentStore} and holds its state as of one
 * revision.
 *
 * <p>Changes follow one another; searches run beside them. What was changed is found, or no longer found, by the next
 * search. A change that fails leaves an index of no revision ({@link #revision()} is {@link #NONE}), which is to be
 * brought up to date from {@link #begin()} on.
 */
public interface DocumentIndex extends AutoCloseable {
    /** The revision of an index that is not the whole of any. */
    long NONE = -1;

    /** What decides how well a document fits. */
    enum Mode {
        /** Words that it shares with the query, by BM25. */
        TEXT,
        /** The angle between its vector and the query's. */
        VECTOR,
        /** Both, by reciprocal rank fusion: the sum of 1/(60 + rank) over the two orders. */
        HYBRID
    }

    /**
     * What is looked for.
     *
     * @param text what documents are compared with
     * @param sources where to look; empty for everywhere
     * @param topN how many documents to give
     */
    record Query(String text, Set<SourceId> sources, Mode mode, int topN) {
        public Query {
            sources = Set.copyOf(sources);
        }
    }

    /**
     * A document that was found, by its passage that fits best.
     *
     * @param start where the passage begins in the text, in UTF-16 code units
     * @param end where it ends
     * @param score by which hits fall; its scale depends on the mode
     * @param textScore BM25 of the best passage, when words were looked for and found
     * @param vectorScore cosine of the best passage, in [-1, 1], when vectors were compared and it came near enough
     */
    record Hit(
            String documentId,
            int start,
            int end,
            double score,
            OptionalDouble textScore,
            OptionalDouble vectorScore) {}

    /** The revision of the store that it holds, {@link #NONE} while it holds none, or vectors of another encoder. */
    long revision();

    /**
     * Opens what is there, or an empty index where nothing is, where it is damaged, or where its vectors are another
     * encoder's. From here until {@link #commit} it is the whole of no revision.
     *
     * @return ids of the documents that it holds
     */
    Set<String> begin();

    /** Adds documents that it does not hold. */
    void add(List<Document> documents);

    /** Removes documents, so that nothing of them is in any of its files; those that it does not hold are none. */
    void remove(Collection<String> documentIds);

    /** Removes all documents of a source in the same way. */
    void remove(SourceId source);

    /** Writes what was changed to the disk, as the state of a revision. */
    void commit(long revision);

    /**
     * The best hits, best first; each document once.
     *
     * @throws dev.perennial.refusal.Refusal.NotReady when the index is not open, or of another encoder
     */
    List<Hit> search(Query query);

    /** Waits for searches and closes the files. */
    @Override
    void close();
}
