// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import dev.perennial.knowledge.GraphForm;
import dev.perennial.knowledge.GraphReading;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import org.eclipse.rdf4j.rio.RDFParser;
import org.eclipse.rdf4j.rio.helpers.BasicParserSettings;
import org.eclipse.rdf4j.rio.nquads.NQuadsParser;
import org.eclipse.rdf4j.rio.ntriples.NTriplesParser;
import org.jspecify.annotations.Nullable;

/** Reads N-Triples and N-Quads: each line stands for itself, so that every broken one can be told. */
final class TripleLines {
    private static final String FAULT = "is no triple of the form <subject> <predicate> <object> .";

    private final GraphReading reading;
    private final Statements statements;

    TripleLines(GraphReading reading, Statements statements) {
        this.reading = reading;
        this.statements = statements;
    }

    void read(InputStream file) throws IOException {
        BoundedLines lines = new BoundedLines(file, reading, statements);
        RdfStatements handler = new RdfStatements(reading, statements, lines::number);
        RDFParser parser = reading.form() == GraphForm.N_QUADS ? new NQuadsParser() : new NTriplesParser();
        parser.getParserConfig().set(BasicParserSettings.PRESERVE_BNODE_IDS, true);
        parser.setRDFHandler(handler);
        OneByOne input = new OneByOne(lines);
        while (!input.ended) {
            try {
                parser.parse(input, "");
            } catch (RuntimeException broken) {
                handler.throwStop();
                input.throwStop();
                statements.fault(lines.number(), FAULT);
            }
        }
    }

    /** The parser asks for lines, which need not be read ahead; it ends at a broken one and may go on behind it. */
    private static final class OneByOne extends BufferedReader {
        private final BoundedLines lines;
        private boolean ended;
        private @Nullable RuntimeException stop;

        OneByOne(BoundedLines lines) {
            super(Reader.nullReader());
            this.lines = lines;
        }

        @Override
        public @Nullable String readLine() throws IOException {
            try {
                String line = lines.next().orElse(null);
                ended = line == null;
                // The parser takes a line of one character for an empty one.
                return line != null && line.length() == 1 ? line + " " : line;
            } catch (RuntimeException refused) {
                stop = refused;
                throw refused;
            }
        }

        void throwStop() {
            if (stop != null) {
                throw stop;
            }
        }
    }
}
