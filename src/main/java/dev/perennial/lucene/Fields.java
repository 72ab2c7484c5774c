// SPDX-License-Identifier: Apache-2.0
package dev.perennial.lucene;

import dev.perennial.document.Document;
import dev.perennial.document.Extract;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;

/**
 * What Lucene keeps of an extract: which document and part it is, how often it has which words, and its vector. Neither
 * the text nor the order of its words is kept.
 */
final class Fields {
    /** Grows with every change of what is kept, or of how words are told apart. */
    static final int SCHEMA = 1;

    static final String ID = "id";
    static final String SOURCE = "source";
    static final String START = "start";
    static final String END = "end";
    static final String TEXT = "text";
    static final String TITLE = "title";
    static final String VECTOR = "vector";
    private static final FieldType COUNTED_WORDS = countedWords();

    private Fields() {}

    static org.apache.lucene.document.Document of(Document document, Extract extract, float[] vector) {
        org.apache.lucene.document.Document fields = new org.apache.lucene.document.Document();
        fields.add(new StringField(ID, document.id(), Field.Store.NO));
        fields.add(new SortedDocValuesField(ID, new BytesRef(document.id())));
        fields.add(new StringField(SOURCE, document.source().value(), Field.Store.NO));
        fields.add(new NumericDocValuesField(START, extract.start()));
        fields.add(new NumericDocValuesField(END, extract.end()));
        fields.add(new Field(TEXT, extract.of(document), COUNTED_WORDS));
        fields.add(new Field(TITLE, document.draft().title(), COUNTED_WORDS));
        fields.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
        return fields;
    }

    /** What the encoder reads of an extract: the title says what the parts of a long document are about. */
    static String read(Document document, Extract extract) {
        String title = document.draft().title();
        return title.isEmpty() ? extract.of(document) : title + "\n" + extract.of(document);
    }

    private static FieldType countedWords() {
        FieldType type = new FieldType();
        type.setTokenized(true);
        type.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
        type.freeze();
        return type;
    }
}
