// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Examples as one JSON object per line. Empty lines are skipped and not counted; every other line is a row, also when
 * nothing in it can be read. Not thread-safe.
 */
final class NdjsonExampleReader implements ExampleReader {
    private static final int MAX_LINE_BYTES = 1 << 20;

    private final InputStream in;
    private final ObjectReader json = StrictJson.mapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private long index;

    NdjsonExampleReader(InputStream in) {
        this.in = new BufferedInputStream(in);
    }

    @Override
    public Optional<Row> next() throws IOException {
        Optional<Line> line = line();
        while (line.isPresent() && line.get().isBlank()) {
            line = line();
        }
        return line.map(this::row);
    }

    private Row row(Line line) {
        long at = index++;
        if (line.tooLong()) {
            return new Row.Broken(at, "The line is longer than " + MAX_LINE_BYTES + " bytes.");
        }
        Optional<String> chars = StrictUtf8.decode(line.bytes());
        if (chars.isEmpty()) {
            return new Row.Broken(at, "The line is not UTF-8.");
        }
        try {
            return ExampleNodes.read(at, json.readTree(chars.get()));
        } catch (JsonProcessingException notJson) {
            return new Row.Broken(at, "The line is not one JSON object with distinct keys.");
        }
    }

    private Optional<Line> line() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long length = 0;
        int one = in.read();
        if (one < 0) {
            return Optional.empty();
        }
        for (; one >= 0 && one != '\n'; one = in.read()) {
            if (length++ < MAX_LINE_BYTES) {
                bytes.write(one);
            }
        }
        return Optional.of(new Line(bytes.toByteArray(), length > MAX_LINE_BYTES));
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Line(byte[] bytes, boolean tooLong) {
        boolean isBlank() {
            for (byte b : bytes) {
                if (b != ' ' && b != '\t' && b != '\r') {
                    return false;
                }
            }
            return true;
        }
    }
}
