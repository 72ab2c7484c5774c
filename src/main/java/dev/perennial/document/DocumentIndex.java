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
 * <p>Searches run beside one another and beside changes; changes follow one another, and end with {@link #commit}. A
 * change that fails is refused, leaves an index of no revision, and needs {@link #open}.
 */
public interface DocumentIndex extends AutoCloseable {
    /** Revision of an index that is the whole of none. */
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

    /** Opens what is there, or an empty index where nothing is, or where it is damaged or of another encoder. */
    void open();

    /** Whether it is open, and of the encoder that reads now. */
    boolean serves();

    /** The revision of the store that it is the whole of; {@link #NONE} of none, and until it is open. */
    long revision();

    /** Ids of the documents that it holds. */
    Set<String> documents();

    /** Adds documents that it does not hold. */
    void add(List<Document> documents);

    /** Removes documents, so that nothing of them is in any of its files after the next {@link #commit}. */
    void remove(Collection<String> documentIds);

    /** Removes all documents of a source in the same way. */
    void remove(SourceId source);

    /**
     * Writes what was changed to the disk, as the state of a revision. The next search finds what was added, and what
     * was removed is gone.
     */
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
