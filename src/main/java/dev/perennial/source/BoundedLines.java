// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import dev.perennial.knowledge.GraphReading;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.util.Optional;

/** The lines of a file, none longer than a statement can be. Not thread-safe. */
final class BoundedLines {
    /** The longest way to write a byte of a literal is an escape. */
    private static final int CHARS_PER_BYTE = 6;

    private static final int OTHER_CHARS = 1 << 16;

    private final Reader in;
    private final int most;
    private final Statements statements;
    private long number;
    private boolean first = true;
    private boolean afterReturn;

    /** @param statements told of lines that are too long, which come out empty */
    BoundedLines(InputStream in, GraphReading reading, Statements statements) {
        this.in = new BufferedReader(Utf8.reader(in));
        this.most = reading.limits().literalBytes() * CHARS_PER_BYTE + OTHER_CHARS;
        this.statements = statements;
    }

    /** Number of the line that came last, from 1. */
    long number() {
        return number;
    }

    /** The next line without what ends it. */
    Optional<String> next() throws IOException {
        StringBuilder line = new StringBuilder();
        boolean tooLong = false;
        boolean any = false;
        for (int c = in.read(); ; c = in.read()) {
            if (c == '\n' && afterReturn) {
                afterReturn = false;
                continue;
            }
            afterReturn = c == '\r';
            if (c < 0 && !any) {
                return Optional.empty();
            }
            if (c < 0 || c == '\n' || c == '\r') {
                return Optional.of(ended(line, tooLong));
            }
            any = true;
            if (line.length() < most) {
                line.append((char) c);
            } else {
                tooLong = true;
            }
        }
    }

    private String ended(StringBuilder line, boolean tooLong) {
        number++;
        if (first && line.length() > 0 && line.charAt(0) == Utf8.BYTE_ORDER_MARK) {
            line.deleteCharAt(0);
        }
        first = false;
        if (tooLong) {
            statements.fault(number, "is longer than " + most + " characters");
            return "";
        }
        return line.toString();
    }
}
