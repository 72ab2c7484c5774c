// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import dev.perennial.knowledge.GraphReading;
import dev.perennial.knowledge.StatementReader;
import dev.perennial.knowledge.StatementSink;
import java.io.IOException;
import java.io.InputStream;

/** Reads graphs of every form. Thread-safe. */
public final class GraphFiles implements StatementReader {

    @Override
    public void read(InputStream file, GraphReading reading, StatementSink sink) throws IOException {
        Statements statements = new Statements(reading, sink);
        switch (reading.form()) {
            case N_TRIPLES, N_QUADS -> new TripleLines(reading, statements).read(file);
            case TURTLE, TRIG -> new TurtleFile(reading, statements).read(file);
            case RDF_XML -> new RdfXmlFile(reading, statements).read(file);
            case JSON_LD -> new JsonLdFile(reading, statements).read(file);
            case TSV -> new TsvFile(reading, statements).read(file);
            case CSV -> new CsvFile(reading, statements).read(file);
            case WORDNET -> new WordNet().read(sink);
        }
    }
}
