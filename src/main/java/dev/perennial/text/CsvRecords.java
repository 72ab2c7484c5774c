// SPDX-License-Identifier: Apache-2.0
package dev.perennial.text;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The records of a CSV text (RFC 4180), recovering after each broken one. Not thread-safe.
 *
 * <p>A quote that is never closed would swallow the rest of the file. So lines are joined to a record only as long as
 * the quoting says that it goes on; when that ends badly (text after a closing quote, the end of the file, more than a
 * record can hold), the first line alone is given up and reading goes on with the line after it.
 */
public final class CsvRecords {

    /** Where lines come from. */
    @FunctionalInterface
    public interface Lines {
        /** The next line without what ends it; null at the end. */
        @Nullable
        String next() throws IOException;
    }

    /**
     * @param line number of its first line, from 1
     * @param fields its fields; empty when its quoting is broken
     */
    public record CsvRecord(long line, Optional<List<String>> fields) {}

    private enum Quoting {
        CLOSED,
        OPEN,
        BROKEN
    }

    private final Lines in;
    private final int maxRecordChars;
    private final Deque<String> ahead = new ArrayDeque<>();
    private final CsvReader.CsvReaderBuilder csv =
            CsvReader.builder().skipEmptyLines(false).allowUnclosedQuote(false);
    private long line;

    /** @param maxRecordChars how many characters a record of several lines may have */
    public CsvRecords(Lines in, int maxRecordChars) {
        this.in = in;
        this.maxRecordChars = maxRecordChars;
    }

    /** The next record; lines without a character are skipped. */
    public Optional<CsvRecord> next() throws IOException {
        Optional<String> first = nextLine();
        while (first.isPresent() && first.get().isEmpty()) {
            first = nextLine();
        }
        return first.isEmpty() ? Optional.empty() : Optional.of(record(first.get()));
    }

    private CsvRecord record(String first) throws IOException {
        long startLine = line;
        List<String> lines = new ArrayList<>(List.of(first));
        int chars = first.length();
        Quoting quoting = quoting(first, Quoting.CLOSED);
        while (quoting == Quoting.OPEN && chars <= maxRecordChars) {
            Optional<String> more = nextLine();
            if (more.isEmpty()) {
                break;
            }
            lines.add(more.get());
            chars += more.get().length();
            quoting = quoting(more.get(), Quoting.OPEN);
        }
        Optional<List<String>> fields = quoting == Quoting.CLOSED ? fields(String.join("\n", lines)) : Optional.empty();
        if (fields.isEmpty()) {
            giveBack(lines.subList(1, lines.size()));
        }
        return new CsvRecord(startLine, fields);
    }

    private Optional<List<String>> fields(String record) {
        try {
            return Optional.of(csv.ofSingleCsvRecord(record).getFields());
        } catch (CsvParseException broken) {
            return Optional.empty();
        }
    }

    private Optional<String> nextLine() throws IOException {
        String next = ahead.isEmpty() ? in.next() : ahead.pop();
        if (next != null) {
            line++;
        }
        return Optional.ofNullable(next);
    }

    private void giveBack(List<String> lines) {
        for (int i = lines.size() - 1; i >= 0; i--) {
            ahead.push(lines.get(i));
        }
        line -= lines.size();
    }

    /** Whether a quoted field is open where a line ends, given whether one was where it began. */
    private static Quoting quoting(String line, Quoting before) {
        boolean open = before == Quoting.OPEN;
        boolean fieldStart = !open;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (open && c == '"') {
                char after = i + 1 < line.length() ? line.charAt(i + 1) : ',';
                if (after == '"') {
                    i++;
                } else if (after == ',') {
                    open = false;
                } else {
                    return Quoting.BROKEN;
                }
            } else if (!open) {
                open = fieldStart && c == '"';
                fieldStart = c == ',';
            }
        }
        return open ? Quoting.OPEN : Quoting.CLOSED;
    }
}
