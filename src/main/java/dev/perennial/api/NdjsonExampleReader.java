// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Examples as one JSON object per line. Blank lines are skipped, but count; every other line is a row, also when
 * nothing in it can be read. Not thread-safe.
 */
final class NdjsonExampleReader implements ExampleReader {
    private final NdjsonLines lines;
    private final ObjectReader json = StrictJson.mapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    NdjsonExampleReader(InputStream in) {
        this.lines = new NdjsonLines(in);
    }

    @Override
    public Optional<Row> next() throws IOException {
        return lines.next().map(this::row);
    }

    private Row row(NdjsonLines.Line line) {
        long at = line.number();
        if (line.tooLong()) {
            return new Row.Broken(at, "The line is longer than " + NdjsonLines.MAX_LINE_BYTES + " bytes.");
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
}
