// SPDX-License-Identifier: Apache-2.0
package dev.perennial.lucene;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * Words of any language: split by the rules of Unicode, in lower case, Latin letters without their accents. Nothing is
 * stemmed or left out. Thread-safe.
 */
final class Analysis extends Analyzer {
    /** Twice as many clauses, one a field, are the most that a query may have. */
    private static final int MOST_TERMS = 500;

    @Override
    protected TokenStreamComponents createComponents(String field) {
        Tokenizer words = new StandardTokenizer();
        return new TokenStreamComponents(words, new ASCIIFoldingFilter(new LowerCaseFilter(words)));
    }

    /** The first different words of a query. */
    List<String> terms(String query) {
        Set<String> terms = new LinkedHashSet<>();
        try (TokenStream words = tokenStream("query", query)) {
            CharTermAttribute word = words.addAttribute(CharTermAttribute.class);
            words.reset();
            while (terms.size() < MOST_TERMS && words.incrementToken()) {
                terms.add(word.toString());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return List.copyOf(terms);
    }
}
