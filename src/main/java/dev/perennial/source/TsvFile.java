// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import dev.perennial.knowledge.GraphReading;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads lines of head, relation and tail, separated by tabs. The relations {@code label}, {@code alias} and
 * {@code description}, also with a language as in {@code label@en}, give names and descriptions; all others relate two
 * entities. A first line that names the columns is passed over.
 */
final class TsvFile {
    private static final String TAB = "\t";
    private static final String HEADER = "head\trelation\ttail";
    private static final int FIELDS = 3;

    private final GraphReading reading;
    private final Statements statements;

    TsvFile(GraphReading reading, Statements statements) {
        this.reading = reading;
        this.statements = statements;
    }

    void read(InputStream file) throws IOException {
        BoundedLines lines = new BoundedLines(file, reading, statements);
        for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
            boolean header =
                    lines.number() == 1 && line.get().toLowerCase(Locale.ROOT).equals(HEADER);
            if (!line.get().isEmpty() && !header) {
                add(lines.number(), line.get().split(TAB, -1));
            }
        }
    }

    private void add(long line, String[] fields) {
        if (fields.length != FIELDS) {
            statements.fault(line, "has " + fields.length + " fields; three are separated by tabs");
            return;
        }
        statements.add(
                line,
                Role.of(fields[1])
                        .map(role -> role.said(fields[0], fields[2]))
                        .orElseGet(() -> Statements.Said.relation(fields[0], fields[1], fields[2])));
    }
}
