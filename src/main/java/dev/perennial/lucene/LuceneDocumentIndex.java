// SPDX-License-Identifier: Apache-2.0
package dev.perennial.lucene;

import dev.perennial.document.Document;
import dev.perennial.document.DocumentIndex;
import dev.perennial.document.Extract;
import dev.perennial.document.PassageVectors;
import dev.perennial.document.SourceId;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.util.BytesRef;
import org.jboss.logging.Logger;

/**
 * {@link DocumentIndex} in Lucene's files in one directory, which holds nothing else. Documents are cut into extracts,
 * and each is found by the best of them. Thread-safe.
 *
 * <p>Lucene marks what is deleted and leaves it in its files until they are merged. Here every commit after a removal
 * first writes the segments that hold something removed anew without it, and deletes the old files while nobody
 * searches: afterwards no word count, no vector and no id of a removed document is in any file of the directory. What
 * the file system leaves of a deleted file on the disk is beyond it.
 */
public final class LuceneDocumentIndex implements DocumentIndex {
    private static final Logger LOG = Logger.getLogger(LuceneDocumentIndex.class);
    private static final int RETRY_AFTER_SECONDS = 5;

    private final Path path;
    private final PassageVectors vectors;
    private final Analysis analysis = new Analysis();
    /** Shared by searches; taken alone by whatever closes files. */
    private final ReentrantReadWriteLock files = new ReentrantReadWriteLock(true);

    private volatile Optional<OpenIndex> index = Optional.empty();
    private volatile long revision = NONE;
    private boolean removing;

    /** @param path the directory; created when absent */
    public LuceneDocumentIndex(Path path, PassageVectors vectors) {
        this.path = path;
        this.vectors = vectors;
    }

    /** What is done with open files. */
    private interface Work<T> {
        T on(OpenIndex open) throws IOException;
    }

    @Override
    public synchronized void open() {
        close();
        alone(() -> {
            try {
                OpenIndex opened = OpenIndex.open(path, analysis, vectors.digest());
                index = Optional.of(opened);
                revision = opened.revision(NONE);
            } catch (IOException failure) {
                throw unusable(failure);
            }
        });
    }

    @Override
    public boolean serves() {
        return index.map(OpenIndex::encoder).filter(vectors.digest()::equals).isPresent();
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public synchronized Set<String> documents() {
        return attempt(OpenIndex::documents);
    }

    @Override
    public synchronized void add(List<Document> documents) {
        if (documents.isEmpty()) {
            return;
        }
        List<String> texts = new ArrayList<>();
        for (Document document : documents) {
            extracts(document).forEach(extract -> texts.add(Fields.read(document, extract)));
        }
        PassageVectors.Read read = vectors.read(texts);
        change(open -> {
            if (!read.digest().equals(open.encoder())) {
                throw new IOException("the encoder has changed");
            }
            int next = 0;
            for (Document document : documents) {
                List<org.apache.lucene.document.Document> fields = new ArrayList<>();
                for (Extract extract : extracts(document)) {
                    fields.add(Fields.of(document, extract, read.vectors().get(next++)));
                }
                open.writer().addDocuments(fields);
            }
            return documents;
        });
    }

    @Override
    public synchronized void remove(Collection<String> documentIds) {
        if (documentIds.isEmpty()) {
            return;
        }
        removing = true;
        List<BytesRef> ids = documentIds.stream().map(BytesRef::new).toList();
        change(open -> open.writer().deleteDocuments(new TermInSetQuery(Fields.ID, ids)));
    }

    @Override
    public synchronized void remove(SourceId source) {
        removing = true;
        change(open -> open.writer().deleteDocuments(new Term(Fields.SOURCE, source.value())));
    }

    @Override
    public synchronized void commit(long state) {
        Runnable commit = () -> change(open -> {
            open.commit(state);
            return state;
        });
        if (removing) {
            vectors.forget();
            alone(commit);
        } else {
            commit.run();
        }
        removing = false;
        revision = state;
    }

    @Override
    public List<Hit> search(Query query) {
        Optional<PassageVectors.Read> read =
                query.mode() == Mode.TEXT ? Optional.empty() : Optional.of(vectors.read(List.of(query.text())));
        files.readLock().lock();
        try {
            OpenIndex open = index.filter(opened ->
                            read.stream().allMatch(made -> made.digest().equals(opened.encoder())))
                    .orElseThrow(LuceneDocumentIndex::notReady);
            IndexSearcher searcher = open.searchers().acquire();
            try {
                Searching searching = new Searching(searcher, query.sources());
                List<String> terms = analysis.terms(query.text());
                return switch (query.mode()) {
                    case TEXT -> searching.byText(terms, query.topN());
                    case VECTOR -> searching.byVector(vector(read), query.topN());
                    case HYBRID -> searching.byBoth(terms, vector(read), query.topN());
                };
            } finally {
                open.searchers().release(searcher);
            }
        } catch (IOException failure) {
            throw unusable(failure);
        } finally {
            files.readLock().unlock();
        }
    }

    @Override
    public synchronized void close() {
        alone(() -> {
            revision = NONE;
            removing = false;
            index.ifPresent(open -> {
                try {
                    open.close();
                } catch (IOException failure) {
                    LOG.warnf(
                            "The index of documents could not be closed: %s",
                            failure.getClass().getSimpleName());
                }
            });
            index = Optional.empty();
        });
    }

    private static float[] vector(Optional<PassageVectors.Read> read) {
        return read.orElseThrow().vectors().get(0);
    }

    private static List<Extract> extracts(Document document) {
        return Extract.of(document.draft().text().value());
    }

    private <T> T change(Work<T> work) {
        revision = NONE;
        return attempt(work);
    }

    /** What fails here may have left anything behind; it is opened again before it is used again. */
    private <T> T attempt(Work<T> work) {
        OpenIndex open = index.orElseThrow(LuceneDocumentIndex::notReady);
        try {
            return work.on(open);
        } catch (IOException | RuntimeException failure) {
            revision = NONE;
            throw unusable(failure);
        }
    }

    private void alone(Runnable work) {
        files.writeLock().lock();
        try {
            work.run();
        } finally {
            files.writeLock().unlock();
        }
    }

    private static Refusal.NotReady notReady() {
        return new Refusal.NotReady("The index of documents is being made; try again.", RETRY_AFTER_SECONDS);
    }

    private static Refusal.StoreUnavailable unusable(Exception failure) {
        LOG.warnf(
                "The index of documents cannot be used: %s", failure.getClass().getName());
        return new Refusal.StoreUnavailable(
                "The index of documents cannot be read or written, or the disk is full. It is made anew from the"
                        + " documents, which are safe, when it can be.",
                RETRY_AFTER_SECONDS);
    }
}
