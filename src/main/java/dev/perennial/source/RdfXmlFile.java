// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import dev.perennial.knowledge.GraphReading;
import dev.perennial.refusal.Refusal;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParser;
import javax.xml.parsers.SAXParserFactory;
import org.eclipse.rdf4j.model.Statement;
import org.eclipse.rdf4j.rio.ParserConfig;
import org.eclipse.rdf4j.rio.RDFParseException;
import org.eclipse.rdf4j.rio.helpers.BasicParserSettings;
import org.eclipse.rdf4j.rio.helpers.RDFHandlerWrapper;
import org.eclipse.rdf4j.rio.helpers.XMLParserSettings;
import org.eclipse.rdf4j.rio.rdfxml.RDFXMLParser;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;

/**
 * Reads RDF/XML. Nothing is fetched: a DOCTYPE, and with it every entity of its own, is refused. XML that is not
 * well-formed cannot be read on, whatever was asked for.
 */
final class RdfXmlFile {
    private static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";
    private static final String DEPTH = "http://www.oracle.com/xml/jaxp/properties/maxElementDepth";
    private static final String MOST_DEPTH = "1000";
    private static final int FEWEST_BYTES = 1 << 22;
    private static final int BYTES_PER_BYTE = 6;

    private final GraphReading reading;
    private final Statements statements;

    RdfXmlFile(GraphReading reading, Statements statements) {
        this.reading = reading;
        this.statements = statements;
    }

    void read(InputStream file) throws IOException {
        AtomicLong line = new AtomicLong();
        Bounded bounded =
                new Bounded(file, Math.max(FEWEST_BYTES, reading.limits().literalBytes() * BYTES_PER_BYTE));
        RdfStatements handler = new RdfStatements(reading, statements, line::get);
        RDFXMLParser parser = new RDFXMLParser();
        parser.setParserConfig(config());
        parser.setParseLocationListener((row, column) -> line.set(row));
        parser.setRDFHandler(new RDFHandlerWrapper(handler) {
            @Override
            public void handleStatement(Statement triple) {
                bounded.sinceStatement = 0;
                super.handleStatement(triple);
            }
        });
        try {
            parser.parse(bounded, reading.base().orElse(""));
        } catch (RuntimeException | IOException broken) {
            handler.throwStop();
            throw refusal(broken, bounded, line.get());
        }
    }

    private static Refusal.Invalid refusal(Exception broken, Bounded bounded, long line) {
        long row =
                broken instanceof RDFParseException fault && fault.getLineNumber() > 0 ? fault.getLineNumber() : line;
        String place = row > 0 ? "Line " + row + " " : "The file ";
        if (bounded.tooLong) {
            return new Refusal.Invalid("", place + "is in a statement that is too long; nothing was imported.");
        }
        return String.valueOf(broken.getMessage()).contains("DOCTYPE")
                ? new Refusal.Invalid(
                        "",
                        place + "has a DOCTYPE, which is not read; write the file without one. Nothing was imported.")
                : new Refusal.Invalid("", place + "is no valid RDF/XML; nothing was imported.");
    }

    private static ParserConfig config() {
        ParserConfig config = new ParserConfig();
        config.set(BasicParserSettings.PRESERVE_BNODE_IDS, true);
        config.set(XMLParserSettings.CUSTOM_XML_READER, xmlReader());
        config.set(XMLParserSettings.SECURE_PROCESSING, true);
        config.set(XMLParserSettings.DISALLOW_DOCTYPE_DECL, true);
        config.set(XMLParserSettings.EXTERNAL_GENERAL_ENTITIES, false);
        config.set(XMLParserSettings.EXTERNAL_PARAMETER_ENTITIES, false);
        config.set(XMLParserSettings.LOAD_EXTERNAL_DTD, false);
        // It would remember every one.
        config.set(XMLParserSettings.FAIL_ON_DUPLICATE_RDF_ID, false);
        return config;
    }

    private static XMLReader xmlReader() {
        try {
            SAXParserFactory factory = SAXParserFactory.newDefaultInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(NO_DOCTYPE, true);
            SAXParser parser = factory.newSAXParser();
            parser.setProperty(DEPTH, MOST_DEPTH);
            return parser.getXMLReader();
        } catch (ParserConfigurationException | SAXException impossible) {
            throw new IllegalStateException("every Java platform reads XML", impossible);
        }
    }

    /** Ends a statement that grows beyond measure. */
    private static final class Bounded extends FilterInputStream {
        private final int most;
        private int sinceStatement;
        private boolean tooLong;

        Bounded(InputStream in, int most) {
            super(in);
            this.most = most;
        }

        @Override
        public int read() throws IOException {
            count(1);
            return super.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int got = super.read(bytes, offset, length);
            count(Math.max(got, 0));
            return got;
        }

        private void count(int got) throws IOException {
            sinceStatement += got;
            if (sinceStatement > most) {
                tooLong = true;
                throw new IOException("a statement is too long");
            }
        }
    }
}
