// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import dev.perennial.task.Idempotency;
import dev.perennial.task.RevisionId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The truth about background documents, their sources and the evaluation sets that they are kept clear of.
 *
 * <p>Every method that changes something is one transaction that is on disk when the method returns; when it throws,
 * nothing has changed. Safe for concurrent use. Throws {@link dev.perennial.refusal.Refusal.StoreUnavailable} when the
 * store cannot be read or written now, and {@link dev.perennial.refusal.Refusal.NotFound} when there is no such source,
 * document or evaluation set.
 */
public interface DocumentStore {

    /** What a change of a definition did. */
    record Defined(StoredSource source, boolean created) {}

    /** What became of a draft. */
    enum Fate {
        /** It is a new document. */
        ADDED,
        /** It took the place of the document of its external id. */
        REPLACED,
        /** It is there already. */
        DUPLICATE
    }

    /** @param documentId the document that it became, or was already */
    record Row(String documentId, Fate fate) {}

    /**
     * What adding did.
     *
     * @param revision that holds it; the present one when nothing was added
     * @param rows by position of the draft
     * @param replaced ids of documents that are gone
     */
    record Added(RevisionId revision, List<Row> rows, List<String> replaced) {
        public Added {
            rows = List.copyOf(rows);
            replaced = List.copyOf(replaced);
        }
    }

    /** What a registration did. */
    record Registered(EvaluationSet set, boolean created) {}

    /**
     * Number of the revision that changed last which documents are searched; 0 when none has. It is also the state that
     * an index is of.
     */
    long lastChange();

    /** Documents of all sources. */
    long count();

    /** At most {@code limit} sources whose id is greater than {@code after} ({@code ""} for the first page). */
    List<StoredSource> sources(String after, int limit);

    Optional<StoredSource> source(SourceId id);

    /** Creates the source, or replaces its definition. Documents stay. */
    Defined define(DocumentSource source);

    /** Erases the source and all its documents, so that their bytes are no longer in the store's files. */
    RevisionId remove(SourceId id);

    /**
     * Adds documents. One with an external id replaces that of the same source and external id; one without is a
     * duplicate when a document of the source without external id has the same content; both are reported, not doubled.
     * Duplicates within {@code drafts} are found too. What is replaced is erased.
     *
     * @param idempotency stored with the reply in the same transaction, when present
     * @param reply what to answer, given what was done
     */
    Added add(
            SourceId id,
            List<Draft> drafts,
            Optional<Idempotency> idempotency,
            Function<Added, Idempotency.Reply> reply);

    /**
     * At most {@code limit} documents of a source after {@code after} ({@code ""} for the first page), oldest first.
     */
    List<Document> documents(SourceId id, String after, int limit);

    /** The same for all sources. */
    List<Document> documents(String after, int limit);

    /** Those of these documents that there are, by id. */
    Map<String, Document> find(Collection<String> ids);

    /** Erases a document, so that its bytes are no longer in the store's files. */
    RevisionId remove(SourceId id, String documentId);

    /** All evaluation sets, in the order of their ids. */
    List<EvaluationSet> evaluationSets();

    /** The hashes of each set's windows, ascending. */
    Map<EvaluationSetId, long[]> evaluationWindows();

    /**
     * Registers an evaluation set, or replaces it.
     *
     * @param registration what is kept of it
     * @param leaked ids of the documents that hold one of its texts, which are marked
     */
    Registered register(Registration registration, Collection<String> leaked);

    /**
     * What is kept of an evaluation set.
     *
     * @param texts how many texts it has
     * @param windows hashes of their windows, ascending
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Registration(EvaluationSetId id, long texts, long[] windows) {}

    /** Forgets an evaluation set and the marks it left. */
    RevisionId unregister(EvaluationSetId id);
}
