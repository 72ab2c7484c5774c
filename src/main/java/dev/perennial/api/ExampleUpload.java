// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.SourceName;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The rows of one teaching request, read and checked.
 *
 * @param accepted rows that can be taught, in order
 * @param rejected rows that cannot, in order
 */
record ExampleUpload(List<Accepted> accepted, List<Rejected> rejected) {

    /** @param index position among the rows of the body, in NDJSON among its lines, from 0 */
    record Accepted(long index, Teaching teaching) {}

    /**
     * @param index position among the rows of the body, in NDJSON among its lines, from 0
     * @param detail why; never contains client text
     */
    record Rejected(long index, String detail) {}

    /** How the rows of a body are written. */
    enum Format {
        JSON,
        NDJSON,
        CSV
    }

    /**
     * How much one request may teach.
     *
     * @param rows examples of a request
     * @param bodyBytes of the body, after decompression
     */
    record Bounds(long rows, long bodyBytes) {}

    ExampleUpload {
        accepted = List.copyOf(accepted);
        rejected = List.copyOf(rejected);
    }

    /**
     * Reads a body to its end.
     *
     * @throws Refusal.Unparsable when the body is not in the format at all, or not UTF-8
     * @throws Refusal.Invalid when it has members or columns that do not exist
     * @throws Refusal.TooLarge when it exceeds the bounds
     */
    static ExampleUpload read(InputStream body, Format format, Bounds bounds, RowCheck check) throws IOException {
        try (InputStream bounded =
                StrictUtf8.withoutByteOrderMark(new BoundedInput(body, "teaching_body_bytes", bounds.bodyBytes()))) {
            ExampleReader reader = switch (format) {
                case JSON -> JsonExampleReader.of(bounded);
                case NDJSON -> new NdjsonExampleReader(bounded);
                case CSV -> CsvExampleReader.of(bounded, check.rows().maxRecordChars());
            };
            return read(reader, bounds, check);
        } catch (CharacterCodingException notUtf8) {
            throw new Refusal.Unparsable("The body is not UTF-8.");
        }
    }

    /**
     * What rows are checked against.
     *
     * @param source who taught those that do not say it
     */
    record RowCheck(TeachingRows rows, Task task, Optional<SourceName> source) {
        RowCheck(TeachingRows rows, Task task) {
            this(rows, task, Optional.empty());
        }
    }

    /** The teachings alone, in order. */
    List<Teaching> teachings() {
        return accepted.stream().map(Accepted::teaching).toList();
    }

    /** The same without the rows whose labels the task does not take. */
    ExampleUpload admitting(LabelBook labels) {
        List<Accepted> admitted = new ArrayList<>();
        List<Rejected> refused = new ArrayList<>(rejected);
        for (Accepted row : accepted) {
            Optional<String> flaw = labels.admit(row.teaching());
            flaw.ifPresentOrElse(detail -> refused.add(new Rejected(row.index(), detail)), () -> admitted.add(row));
        }
        refused.sort(Comparator.comparingLong(Rejected::index));
        return new ExampleUpload(admitted, refused);
    }

    /** Number of rows in all. */
    long rows() {
        return (long) accepted.size() + rejected.size();
    }

    private static ExampleUpload read(ExampleReader reader, Bounds bounds, RowCheck check) throws IOException {
        List<Accepted> accepted = new ArrayList<>();
        List<Rejected> rejected = new ArrayList<>();
        Optional<ExampleReader.Row> next = reader.next();
        for (long rows = 1; next.isPresent(); rows++) {
            if (rows > bounds.rows()) {
                throw new Refusal.TooLarge("teaching_rows", bounds.rows(), rows);
            }
            if (next.get() instanceof ExampleReader.Row.Readable readable) {
                TeachingRows.Checked checked = check.rows().check(check.task(), readable.row());
                if (checked instanceof TeachingRows.Checked.Accepted ok) {
                    accepted.add(new Accepted(readable.index(), ok.teaching().orFrom(check.source())));
                } else if (checked instanceof TeachingRows.Checked.Rejected wrong) {
                    rejected.add(new Rejected(readable.index(), wrong.fault().detail()));
                }
            } else if (next.get() instanceof ExampleReader.Row.Broken broken) {
                rejected.add(new Rejected(broken.index(), broken.detail()));
            }
            next = reader.next();
        }
        return new ExampleUpload(accepted, rejected);
    }
}
