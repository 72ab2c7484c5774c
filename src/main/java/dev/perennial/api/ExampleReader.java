// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.io.IOException;
import java.util.Optional;

/**
 * The examples of a request body, one after the other, as they are read. Not thread-safe.
 *
 * <p>A row that cannot be read is reported in its place, and reading goes on. What spoils the whole body (no JSON at
 * all, an unknown column, text that is not UTF-8) is thrown as a {@link dev.perennial.refusal.Refusal}.
 */
interface ExampleReader {

    /** A row that could be read, or could not. */
    sealed interface Row {
        /** Position among the rows of the body, in NDJSON among its lines, from 0. */
        long index();

        record Readable(long index, ExampleRow row) implements Row {}

        /** @param detail why, without a word of the row */
        record Broken(long index, String detail) implements Row {}
    }

    /** The next row; empty at the end. */
    Optional<Row> next() throws IOException;
}
