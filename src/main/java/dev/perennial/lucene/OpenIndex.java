// SPDX-License-Identifier: Apache-2.0
package dev.perennial.lucene;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.IOUtils;

/**
 * Lucene's files, open for writing and searching.
 *
 * <p>Segments are merged by the thread that writes: a merge that ran beside a removal could bring removed extracts back
 * into a file. They are kept small, because a removal writes those it touches anew, and their graphs of neighbours too.
 *
 * @param directory the files
 * @param writer writes them
 * @param searchers gives searchers of what was written
 * @param encoder digest of the encoder of its vectors
 */
record OpenIndex(Directory directory, IndexWriter writer, SearcherManager searchers, String encoder) {
    private static final String SCHEMA = "schema";
    private static final String ENCODER = "encoder";
    private static final String REVISION = "revision";
    private static final double LARGEST_MERGED_MEGABYTES = 8;

    /** Lucene's default. */
    private static final int NEIGHBOURS = 16;

    /** Half of Lucene's default: segments are small, and every one is searched. */
    private static final int CANDIDATES = 50;

    /** Opens an index; what is there and not whole, or not of this encoder, is deleted first. */
    static OpenIndex open(Path path, Analyzer analyzer, String encoder) throws IOException {
        if (!isUsable(path, encoder)) {
            IOUtils.rm(path);
        }
        Directory directory = FSDirectory.open(path);
        try {
            IndexWriter writer = new IndexWriter(directory, config(analyzer));
            try {
                return new OpenIndex(
                        directory, writer, new SearcherManager(writer, true, true, new SearcherFactory()), encoder);
            } catch (IOException | RuntimeException failure) {
                writer.rollback();
                throw failure;
            }
        } catch (IOException | RuntimeException failure) {
            directory.close();
            throw failure;
        }
    }

    private static IndexWriterConfig config(Analyzer analyzer) {
        TieredMergePolicy merging = new TieredMergePolicy();
        merging.setForceMergeDeletesPctAllowed(0);
        merging.setMaxMergedSegmentMB(LARGEST_MERGED_MEGABYTES);
        return new IndexWriterConfig(analyzer)
                .setCodec(codec())
                .setMergePolicy(merging)
                .setMergeScheduler(new SerialMergeScheduler())
                .setCommitOnClose(false);
    }

    /** Writes under the name of Lucene's own codec, which reads it. */
    private static Codec codec() {
        return new Lucene912Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return new Lucene99HnswVectorsFormat(NEIGHBOURS, CANDIDATES);
            }
        };
    }

    /** Reads every file through, because damage is otherwise found by some search, much later, or never. */
    private static boolean isUsable(Path path, String encoder) {
        try (Directory directory = FSDirectory.open(path);
                DirectoryReader reader = DirectoryReader.open(directory)) {
            for (LeafReaderContext leaf : reader.leaves()) {
                ((CodecReader) leaf.reader()).checkIntegrity();
            }
            Map<String, String> commit = reader.getIndexCommit().getUserData();
            return String.valueOf(Fields.SCHEMA).equals(commit.get(SCHEMA)) && encoder.equals(commit.get(ENCODER));
        } catch (IOException | RuntimeException damaged) {
            return false;
        }
    }

    /** The revision of the last commit, or {@code none} when there is no commit yet. */
    long revision(long none) {
        Iterable<Map.Entry<String, String>> commit = writer.getLiveCommitData();
        if (commit != null) {
            for (Map.Entry<String, String> entry : commit) {
                if (entry.getKey().equals(REVISION)) {
                    return Long.parseLong(entry.getValue());
                }
            }
        }
        return none;
    }

    Set<String> documents() throws IOException {
        Set<String> ids = new HashSet<>();
        IndexSearcher searcher = searchers.acquire();
        try {
            for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
                SortedDocValues values = leaf.reader().getSortedDocValues(Fields.ID);
                Bits live = leaf.reader().getLiveDocs();
                for (int next = values.nextDoc(); next != DocIdSetIterator.NO_MORE_DOCS; next = values.nextDoc()) {
                    if (live == null || live.get(next)) {
                        ids.add(values.lookupOrd(values.ordValue()).utf8ToString());
                    }
                }
            }
        } finally {
            searchers.release(searcher);
        }
        return ids;
    }

    /**
     * Commits, and deletes files that are no longer needed; those that a searcher holds stay, so that nobody may search
     * when something was removed.
     */
    void commit(long revision) throws IOException {
        if (writer.hasDeletions()) {
            writer.forceMergeDeletes(true);
        }
        Map<String, String> data = new HashMap<>();
        data.put(SCHEMA, String.valueOf(Fields.SCHEMA));
        data.put(ENCODER, encoder);
        data.put(REVISION, String.valueOf(revision));
        writer.setLiveCommitData(data.entrySet());
        writer.commit();
        searchers.maybeRefreshBlocking();
        writer.deleteUnusedFiles();
    }

    /** Closes everything; what was not committed is dropped. */
    void close() throws IOException {
        IOUtils.close(searchers, writer::rollback, directory);
    }
}
