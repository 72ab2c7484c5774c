// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.BitSet;
import java.util.Optional;

/**
 * The lines of a stream that hold something, each with its number, which counts blank lines too. A line is held in
 * memory only as far as it may be long. Not thread-safe.
 */
final class NdjsonLines {
    /** Bytes of the longest line that is read whole. */
    static final int MAX_LINE_BYTES = 1 << 20;

    /**
     * @param number position among all lines, from 0
     * @param bytes what it holds, without its end
     * @param tooLong whether it goes on after these bytes
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Line(long number, byte[] bytes, boolean tooLong) {
        private boolean isBlank() {
            if (tooLong) {
                return false;
            }
            for (byte b : bytes) {
                if (b != ' ' && b != '\t' && b != '\r') {
                    return false;
                }
            }
            return true;
        }
    }

    private final InputStream in;
    private long lines;

    NdjsonLines(InputStream in) {
        this.in = new BufferedInputStream(in);
    }

    /** Which lines are not blank: one bit a line, so that many blank ones take little. */
    static BitSet rows(InputStream in) throws IOException {
        NdjsonLines all = new NdjsonLines(in);
        BitSet rows = new BitSet();
        for (Optional<Line> line = all.next(); line.isPresent(); line = all.next()) {
            rows.set(Math.toIntExact(line.get().number()));
        }
        return rows;
    }

    /** The next line that is not blank; empty at the end. */
    Optional<Line> next() throws IOException {
        Optional<Line> line = line();
        while (line.isPresent() && line.get().isBlank()) {
            line = line();
        }
        return line;
    }

    /** How many lines were read, with blank ones. */
    long count() {
        return lines;
    }

    /** The next line that is not blank, if some of it can be read without waiting. */
    Optional<Line> nextArrived() throws IOException {
        while (in.available() > 0) {
            Optional<Line> line = line();
            if (line.isEmpty() || !line.get().isBlank()) {
                return line;
            }
        }
        return Optional.empty();
    }

    private Optional<Line> line() throws IOException {
        int one = in.read();
        if (one < 0) {
            return Optional.empty();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean tooLong = false;
        for (; one >= 0 && one != '\n'; one = in.read()) {
            tooLong = bytes.size() == MAX_LINE_BYTES;
            if (!tooLong) {
                bytes.write(one);
            }
        }
        return Optional.of(new Line(lines++, bytes.toByteArray(), tooLong));
    }
}
