// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import dev.perennial.knowledge.GraphForm;
import dev.perennial.knowledge.GraphReading;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.eclipse.rdf4j.model.Namespace;
import org.eclipse.rdf4j.model.Statement;
import org.eclipse.rdf4j.model.impl.SimpleNamespace;
import org.eclipse.rdf4j.rio.RDFParseException;
import org.eclipse.rdf4j.rio.RDFParser;
import org.eclipse.rdf4j.rio.helpers.BasicParserSettings;
import org.eclipse.rdf4j.rio.helpers.RDFHandlerWrapper;
import org.eclipse.rdf4j.rio.trig.TriGParser;
import org.eclipse.rdf4j.rio.turtle.TurtleParser;

/**
 * Reads Turtle and TriG. After a broken statement it goes on behind the next line that ends one, with the prefixes that
 * were declared before; a {@code @base} is forgotten then, so that relative IRIs are faults rather than wrong.
 */
final class TurtleFile {
    /** For comments, prefixes and a literal with its escapes. */
    private static final int FEWEST_CHARS = 1 << 22;

    private static final int CHARS_PER_BYTE = 6;

    private final GraphReading reading;
    private final Statements statements;

    TurtleFile(GraphReading reading, Statements statements) {
        this.reading = reading;
        this.statements = statements;
    }

    void read(InputStream file) throws IOException {
        int most = Math.max(FEWEST_CHARS, reading.limits().literalBytes() * CHARS_PER_BYTE);
        TurtleText text = new TurtleText(file, most);
        RdfStatements handler = new RdfStatements(reading, statements, text::line);
        String base = reading.base().orElse(null);
        for (boolean whole = false; !whole; ) {
            long linesBefore = text.line() - 1;
            RDFParser parser = parser(text, handler);
            try {
                parser.parse(text, base);
                whole = true;
            } catch (StackOverflowError deep) {
                throw new Refusal.Invalid("", "Line " + text.line() + " is nested too deeply.");
            } catch (RuntimeException broken) {
                handler.throwStop();
                statements.fault(line(broken, linesBefore, text), detail(broken));
                text.skipStatement();
                whole = text.ended();
                base = null;
            }
        }
    }

    private RDFParser parser(TurtleText text, RdfStatements handler) {
        RDFParser parser = reading.form() == GraphForm.TRIG ? new TriGParser() : new TurtleParser();
        parser.getParserConfig().set(BasicParserSettings.PRESERVE_BNODE_IDS, true);
        if (!handler.namespaces().isEmpty()) {
            parser.getParserConfig().set(BasicParserSettings.NAMESPACES, namespaces(handler.namespaces()));
        }
        parser.setRDFHandler(new RDFHandlerWrapper(handler) {
            @Override
            public void handleStatement(Statement triple) {
                text.onStatement();
                super.handleStatement(triple);
            }
        });
        return parser;
    }

    private static Set<Namespace> namespaces(Map<String, String> nameByPrefix) {
        Set<Namespace> namespaces = new HashSet<>();
        nameByPrefix.forEach((prefix, name) -> namespaces.add(new SimpleNamespace(prefix, name)));
        return namespaces;
    }

    private static long line(RuntimeException broken, long linesBefore, TurtleText text) {
        return broken instanceof RDFParseException fault && fault.getLineNumber() > 0
                ? linesBefore + fault.getLineNumber()
                : text.line();
    }

    private String detail(RuntimeException broken) {
        return broken instanceof TurtleText.TooLong
                ? "is in a statement that is too long"
                : "is no valid " + (reading.form() == GraphForm.TRIG ? "TriG" : "Turtle");
    }
}
