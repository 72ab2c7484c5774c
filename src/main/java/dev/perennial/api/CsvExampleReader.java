// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.text.CsvRecords;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Examples as CSV: a header row names the columns, one record per example, an empty cell is an absent member, and the
 * names in {@code labels} are separated by {@code |}. Not thread-safe.
 */
final class CsvExampleReader implements ExampleReader {
    private static final List<String> COLUMNS =
            List.of("text", "text_pair", "label", "labels", "score", "external_id", "weight", "source");
    private static final Pattern LABEL_SEPARATOR = Pattern.compile("\\|");
    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?");

    private final CsvRecords records;
    private final List<String> header;
    private long index;

    private CsvExampleReader(CsvRecords records, List<String> header) {
        this.records = records;
        this.header = header;
    }

    /**
     * Reads the header.
     *
     * @param maxRecordChars characters of the longest record that can be an example
     * @throws Refusal.Invalid when the header names no or unknown columns
     */
    static CsvExampleReader of(InputStream in, int maxRecordChars) throws IOException {
        CsvRecords records = new CsvRecords(StrictUtf8.marking(in)::readLine, maxRecordChars);
        List<String> header = records.next()
                .flatMap(CsvRecords.CsvRecord::fields)
                .orElseThrow(() -> new Refusal.Unparsable(
                        "The body has no readable header row; begin with one, e.g. text,label."));
        for (int i = 0; i < header.size(); i++) {
            if (!COLUMNS.contains(header.get(i))) {
                throw new Refusal.Invalid(
                        "",
                        "Column " + (i + 1) + " of the header row is unknown; the columns are "
                                + String.join(", ", COLUMNS) + ".");
            }
        }
        Set<String> distinct = new HashSet<>(header);
        if (distinct.size() < header.size() || !distinct.contains("text")) {
            throw new Refusal.Invalid("", "The header row must name the column text, and no column twice.");
        }
        return new CsvExampleReader(records, header);
    }

    @Override
    public Optional<Row> next() throws IOException {
        return records.next().map(record -> row(index++, record));
    }

    private Row row(long at, CsvRecords.CsvRecord record) {
        String where = " (line " + record.line() + ")";
        if (record.fields().isEmpty()) {
            return new Row.Broken(at, "The quoting of this row is broken" + where + ".");
        }
        List<String> cells = record.fields().get();
        if (cells.size() != header.size()) {
            return new Row.Broken(
                    at, "This row has " + cells.size() + " fields, the header has " + header.size() + where + ".");
        }
        if (cells.stream().anyMatch(StrictUtf8::isMarked)) {
            return new Row.Broken(at, "This row is not UTF-8" + where + ".");
        }
        for (String numeric : List.of("score", "weight")) {
            String cell = cell(cells, numeric);
            if (cell != null && !NUMBER.matcher(cell).matches()) {
                return new Row.Broken(at, numeric + " must be a number" + where + ".");
            }
        }
        return new Row.Readable(at, example(cells));
    }

    private ExampleRow example(List<String> cells) {
        String labels = cell(cells, "labels");
        List<String> names = labels == null ? List.of() : List.of(LABEL_SEPARATOR.split(labels, -1));
        return new ExampleRow(
                cell(cells, "text"),
                cell(cells, "text_pair"),
                cell(cells, "label"),
                header.contains("labels") ? names : null,
                number(cell(cells, "score")),
                cell(cells, "external_id"),
                number(cell(cells, "weight")),
                cell(cells, "source"));
    }

    private @Nullable String cell(List<String> cells, String column) {
        int at = header.indexOf(column);
        return at < 0 || cells.get(at).isEmpty() ? null : cells.get(at);
    }

    private static @Nullable Double number(@Nullable String cell) {
        return cell == null ? null : Double.valueOf(cell);
    }
}
