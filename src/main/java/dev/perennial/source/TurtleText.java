// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;

/**
 * The characters of a Turtle or TriG file, for a parser that reads them one by one: counts lines, ends a statement that
 * grows beyond measure, and finds the place after a broken one. Not thread-safe.
 */
final class TurtleText extends Reader {
    /** A parser looks a few characters ahead, and each statement needs some. */
    private static final int MOST_WITHOUT_READING = 100;

    private final BufferedReader in;
    private final int most;
    private long line = 1;
    private int sinceStatement;
    private int lastVisible = '.';
    private boolean atLineStart = true;
    private boolean begun;
    private boolean ended;
    private int statementsSinceRead;

    /** @param most characters that may lie between two statements */
    TurtleText(InputStream in, int most) {
        this.in = new BufferedReader(Utf8.reader(in));
        this.most = most;
    }

    /**
     * The parser finds statement after statement and reads nothing: it takes a full stop within a collection for a
     * number without digits, leaves it where it is, and finds it again.
     */
    static final class Stuck extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stuck() {
            super("a parser does not come to an end", null, false, false);
        }
    }

    /** A statement that is longer than it may be. */
    static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLong() {
            super("a statement is too long", null, false, false);
        }
    }

    long line() {
        return line;
    }

    boolean ended() {
        return ended;
    }

    /**
     * Notes that a statement was read.
     *
     * @throws Stuck when none can have been
     */
    void onStatement() {
        if (statementsSinceRead++ > MOST_WITHOUT_READING) {
            throw new Stuck();
        }
        sinceStatement = 0;
    }

    /** Skips the rest of a broken statement: to the next line that ends in a full stop or a closing brace. */
    void skipStatement() throws IOException {
        sinceStatement = 0;
        while (!ended && !(atLineStart && (lastVisible == '.' || lastVisible == '}'))) {
            next();
        }
    }

    @Override
    public int read() throws IOException {
        if (sinceStatement++ > most) {
            throw new TooLong();
        }
        statementsSinceRead = 0;
        return next();
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
        int c = length == 0 ? 0 : read();
        if (c < 0 || length == 0) {
            return c;
        }
        buffer[offset] = (char) c;
        return 1;
    }

    private int next() throws IOException {
        int c = in.read();
        if (!begun) {
            begun = true;
            c = c == Utf8.BYTE_ORDER_MARK ? in.read() : c;
        }
        if (c < 0) {
            ended = true;
        } else {
            atLineStart = c == '\n';
            line += atLineStart ? 1 : 0;
            lastVisible = Character.isWhitespace(c) ? lastVisible : c;
        }
        return c;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
