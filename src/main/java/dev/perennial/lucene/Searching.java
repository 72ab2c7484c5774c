// SPDX-License-Identifier: Apache-2.0
package dev.perennial.lucene;

import dev.perennial.document.DocumentIndex.Hit;
import dev.perennial.document.DocumentIndex.Mode;
import dev.perennial.document.SourceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.IntFunction;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.util.BytesRef;

/**
 * One search of one state of the index. Queries are put together from terms, so that nothing in a client's text is read
 * as a command. Confined to one thread.
 */
final class Searching {
    /** The constant of reciprocal rank fusion (Cormack et al., 2009): how little a place near the top differs. */
    private static final int FUSION = 60;

    /** How deep two orders are compared at least. */
    private static final int FUSED_DOCUMENTS = 100;

    private static final int FIRST_FACTOR = 2;
    private static final int NEXT_FACTOR = 4;

    private final IndexSearcher searcher;
    private final Set<SourceId> sources;

    Searching(IndexSearcher searcher, Set<SourceId> sources) {
        this.searcher = searcher;
        this.sources = sources;
    }

    /** The best documents by words. */
    List<Hit> byText(List<String> terms, int documents) throws IOException {
        if (terms.isEmpty()) {
            return List.of();
        }
        BooleanQuery.Builder words = new BooleanQuery.Builder();
        for (String term : terms) {
            words.add(new TermQuery(new Term(Fields.TEXT, term)), Occur.SHOULD);
            words.add(new TermQuery(new Term(Fields.TITLE, term)), Occur.SHOULD);
        }
        Query all = filter().<Query>map(filter -> new BooleanQuery.Builder()
                        .add(words.build(), Occur.MUST)
                        .add(filter, Occur.FILTER)
                        .build())
                .orElseGet(words::build);
        return best(extracts -> all, documents, Mode.TEXT);
    }

    /** The best documents by their vectors. */
    List<Hit> byVector(float[] vector, int documents) throws IOException {
        return best(
                extracts -> new KnnFloatVectorQuery(Fields.VECTOR, vector, extracts, filter().orElse(null)),
                documents,
                Mode.VECTOR);
    }

    /** The best documents by their places in both orders. */
    List<Hit> byBoth(List<String> terms, float[] vector, int documents) throws IOException {
        int depth = Math.max(documents, FUSED_DOCUMENTS);
        List<Hit> byText = byText(terms, depth);
        List<Hit> byVector = byVector(vector, depth);
        Map<String, Hit> fused = new LinkedHashMap<>();
        for (int rank = 0; rank < Math.max(byText.size(), byVector.size()); rank++) {
            for (List<Hit> order : List.of(byText, byVector)) {
                if (rank < order.size()) {
                    Hit placed = at(rank, order.get(rank));
                    fused.merge(placed.documentId(), placed, Searching::fused);
                }
            }
        }
        return fused.values().stream()
                .sorted(Comparator.comparingDouble(Hit::score).reversed())
                .limit(documents)
                .toList();
    }

    private static Hit at(int rank, Hit hit) {
        return new Hit(
                hit.documentId(),
                hit.start(),
                hit.end(),
                1.0 / (FUSION + rank + 1),
                hit.textScore(),
                hit.vectorScore());
    }

    /** The extract is that of the order in which the document came first. */
    private static Hit fused(Hit first, Hit second) {
        return new Hit(
                first.documentId(),
                first.start(),
                first.end(),
                first.score() + second.score(),
                first.textScore().isPresent() ? first.textScore() : second.textScore(),
                first.vectorScore().isPresent() ? first.vectorScore() : second.vectorScore());
    }

    private Optional<Query> filter() {
        return sources.isEmpty()
                ? Optional.empty()
                : Optional.of(new TermInSetQuery(
                        Fields.SOURCE,
                        sources.stream()
                                .map(source -> new BytesRef(source.value()))
                                .toList()));
    }

    /** Asks for more extracts until they are of enough documents, or there are no more. */
    private List<Hit> best(IntFunction<Query> query, int documents, Mode mode) throws IOException {
        int most = Math.max(1, searcher.getIndexReader().maxDoc());
        long asked = (long) documents * FIRST_FACTOR;
        while (true) {
            int extracts = (int) Math.min(most, asked);
            TopDocs top = searcher.search(query.apply(extracts), extracts);
            List<Hit> hits = distinct(top.scoreDocs, documents, mode);
            if (hits.size() == documents || top.scoreDocs.length < extracts || extracts == most) {
                return hits;
            }
            asked *= NEXT_FACTOR;
        }
    }

    private List<Hit> distinct(ScoreDoc[] extracts, int documents, Mode mode) throws IOException {
        Set<String> seen = new HashSet<>();
        List<Hit> hits = new ArrayList<>();
        for (ScoreDoc extract : extracts) {
            Hit hit = hit(extract, mode);
            if (hits.size() < documents && seen.add(hit.documentId())) {
                hits.add(hit);
            }
        }
        return hits;
    }

    private Hit hit(ScoreDoc extract, Mode mode) throws IOException {
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(extract.doc, leaves));
        int inLeaf = extract.doc - leaf.docBase;
        SortedDocValues ids = DocValues.getSorted(leaf.reader(), Fields.ID);
        if (!ids.advanceExact(inLeaf)) {
            throw new IllegalStateException("an extract belongs to no document");
        }
        // Lucene maps the cosine to (1 + cosine) / 2.
        double score = mode == Mode.VECTOR ? 2 * extract.score - 1 : extract.score;
        return new Hit(
                ids.lookupOrd(ids.ordValue()).utf8ToString(),
                number(leaf.reader(), Fields.START, inLeaf),
                number(leaf.reader(), Fields.END, inLeaf),
                score,
                mode == Mode.TEXT ? OptionalDouble.of(score) : OptionalDouble.empty(),
                mode == Mode.VECTOR ? OptionalDouble.of(score) : OptionalDouble.empty());
    }

    private static int number(LeafReader reader, String field, int document) throws IOException {
        NumericDocValues numbers = DocValues.getNumeric(reader, field);
        if (!numbers.advanceExact(document)) {
            throw new IllegalStateException("an extract has no place");
        }
        return Math.toIntExact(numbers.longValue());
    }
}
