// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import dev.perennial.knowledge.GraphReading;
import dev.perennial.knowledge.Statement.Aspect;
import dev.perennial.source.Statements.Said;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.eclipse.rdf4j.model.BNode;
import org.eclipse.rdf4j.model.IRI;
import org.eclipse.rdf4j.model.Literal;
import org.eclipse.rdf4j.model.Statement;
import org.eclipse.rdf4j.model.Value;
import org.eclipse.rdf4j.model.vocabulary.XSD;
import org.eclipse.rdf4j.rio.helpers.AbstractRDFHandler;

/** Turns RDF triples into statements, whatever the named graph they are in. Belongs to one reading. */
final class RdfStatements extends AbstractRDFHandler {
    private final GraphReading reading;
    private final Statements statements;
    private final LongSupplier line;
    private final Map<String, String> namespaces = new LinkedHashMap<>();
    private Optional<RuntimeException> stop = Optional.empty();

    /** @param line number of the line that is being read */
    RdfStatements(GraphReading reading, Statements statements, LongSupplier line) {
        this.reading = reading;
        this.statements = statements;
        this.line = line;
    }

    /** Prefixes that were declared until now. */
    Map<String, String> namespaces() {
        return namespaces;
    }

    @Override
    public void handleNamespace(String prefix, String uri) {
        namespaces.put(prefix, uri);
    }

    @Override
    public void handleStatement(Statement triple) {
        try {
            add(triple);
        } catch (RuntimeException refused) {
            stop = Optional.of(refused);
            throw refused;
        }
    }

    /** Throws on what was thrown because nothing more is wanted; a parser may have wrapped it. */
    void throwStop() {
        if (stop.isPresent()) {
            throw stop.get();
        }
    }

    private void add(Statement triple) {
        Optional<String> subject = id(triple.getSubject());
        String predicate = triple.getPredicate().stringValue();
        if (subject.isEmpty()) {
            statements.fault(line.getAsLong(), "has a triple about a triple");
        } else if (triple.getObject() instanceof Literal literal && isMissing(literal)) {
            statements.fault(line.getAsLong(), "has no object where one is wanted");
        } else if (triple.getObject() instanceof Literal literal) {
            Aspect aspect = reading.naming().aspect(predicate);
            String relation = aspect == Aspect.ATTRIBUTE ? predicate : "";
            String language = literal.getLanguage().orElse("");
            statements.add(line.getAsLong(), new Said(aspect, subject.get(), relation, literal.getLabel(), language));
        } else {
            id(triple.getObject())
                    .ifPresentOrElse(
                            object -> statements.add(line.getAsLong(), Said.relation(subject.get(), predicate, object)),
                            () -> statements.fault(line.getAsLong(), "has a triple about a triple"));
        }
    }

    /** The parser of Turtle takes a full stop in the place of an object for a number without digits. */
    private static boolean isMissing(Literal literal) {
        return literal.getLabel().isEmpty()
                && literal.getLanguage().isEmpty()
                && !literal.getDatatype().equals(XSD.STRING);
    }

    private Optional<String> id(Value value) {
        if (value instanceof IRI iri) {
            return Optional.of(iri.stringValue());
        }
        return value instanceof BNode node ? Optional.of(reading.nodes() + node.getID()) : Optional.empty();
    }
}
