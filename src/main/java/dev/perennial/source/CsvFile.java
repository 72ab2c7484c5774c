// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import dev.perennial.knowledge.GraphReading;
import dev.perennial.knowledge.Statement.Aspect;
import dev.perennial.refusal.Refusal;
import dev.perennial.source.Statements.Said;
import dev.perennial.text.CsvRecords;
import dev.perennial.text.CsvRecords.CsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Reads a CSV table with a header row (RFC 4180): one entity a record, or, with the columns {@code head},
 * {@code relation} and {@code tail}, one triple a record. A cell of aliases or of other entities may hold several,
 * separated by {@code |}; an empty cell says nothing.
 */
final class CsvFile {
    private static final List<String> TRIPLE = List.of("head", "relation", "tail");
    private static final String ID = "id";
    private static final Pattern SEPARATOR = Pattern.compile("\\|");
    private static final int LINES_OF_A_RECORD = 16;

    private final GraphReading reading;
    private final Statements statements;

    CsvFile(GraphReading reading, Statements statements) {
        this.reading = reading;
        this.statements = statements;
    }

    void read(InputStream file) throws IOException {
        BoundedLines lines = new BoundedLines(file, reading, statements);
        CsvRecords records =
                new CsvRecords(() -> lines.next().orElse(null), reading.limits().literalBytes() * LINES_OF_A_RECORD);
        List<String> header = records.next()
                .flatMap(CsvRecord::fields)
                .orElseThrow(() -> new Refusal.Invalid("", "The table has no readable header row."));
        if (new HashSet<>(header).size() < header.size()) {
            throw new Refusal.Invalid("", "The header row names a column twice.");
        }
        Row row = header.equals(TRIPLE) ? this::triple : entity(header);
        for (Optional<CsvRecord> record = records.next(); record.isPresent(); record = records.next()) {
            long line = record.get().line();
            record.get()
                    .fields()
                    .filter(fields -> fields.size() == header.size())
                    .ifPresentOrElse(
                            fields -> row.add(line, fields),
                            () -> statements.fault(line, "has not as many fields as the header row, or broken quotes"));
        }
    }

    /** What a record says. */
    private interface Row {
        void add(long line, List<String> fields);
    }

    private void triple(long line, List<String> fields) {
        String relation = fields.get(1);
        Said said = Role.of(relation)
                .map(role -> role.said(fields.get(0), fields.get(2)))
                .orElseGet(() -> Said.relation(fields.get(0), relation, fields.get(2)));
        statements.add(line, said);
    }

    private Row entity(List<String> header) {
        int id = header.indexOf(reading.columns().entity().orElse(ID));
        if (id < 0) {
            throw new Refusal.Invalid(
                    "", "The header row must name the column of the entities' ids: id, or entity_column.");
        }
        List<Column> columns = header.stream().map(this::column).toList();
        return (line, fields) -> {
            for (int i = 0; i < fields.size(); i++) {
                if (i != id && !fields.get(i).isEmpty()) {
                    columns.get(i).say(fields.get(id), fields.get(i), said -> statements.add(line, said));
                }
            }
        };
    }

    /** What a cell says of an entity. */
    private interface Column {
        void say(String entity, String cell, Consumer<Said> to);
    }

    private Column column(String name) {
        if (reading.columns().relations().contains(name)) {
            return (entity, cell, to) -> SEPARATOR
                    .splitAsStream(cell)
                    .filter(other -> !other.isEmpty())
                    .forEach(other -> to.accept(Said.relation(entity, name, other)));
        }
        Optional<Role> role = role(name);
        if (role.isEmpty()) {
            return (entity, cell, to) ->
                    to.accept(new Said(Aspect.ATTRIBUTE, entity, Role.name(name), cell, Role.language(name)));
        }
        if (role.get().aspect() == Aspect.ALIAS) {
            return (entity, cell, to) -> SEPARATOR
                    .splitAsStream(cell)
                    .forEach(alias -> to.accept(role.get().said(entity, alias)));
        }
        return (entity, cell, to) -> to.accept(role.get().said(entity, cell));
    }

    private Optional<Role> role(String name) {
        GraphReading.Columns columns = reading.columns();
        if (columns.labels().contains(name)) {
            return Optional.of(new Role(Aspect.LABEL, Role.language(name)));
        }
        if (columns.aliases().contains(name)) {
            return Optional.of(new Role(Aspect.ALIAS, Role.language(name)));
        }
        return columns.descriptions().contains(name)
                ? Optional.of(new Role(Aspect.DESCRIPTION, Role.language(name)))
                : Role.of(name);
    }
}
