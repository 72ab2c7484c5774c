// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.io.IOException;
import java.io.InputStream;

/**
 * Counts what is read of a stream, which stays open. Does not say what could be read, and skips by reading. Not
 * thread-safe.
 */
final class CountedInput extends InputStream {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final InputStream in;
    private long count;

    CountedInput(InputStream in) {
        this.in = in;
    }

    long count() {
        return count;
    }

    void skipToEnd() throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        int got = read(buffer, 0, buffer.length);
        while (got >= 0) {
            got = read(buffer, 0, buffer.length);
        }
    }

    @Override
    public int read() throws IOException {
        int one = in.read();
        count += one < 0 ? 0 : 1;
        return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int got = in.read(bytes, offset, length);
        count += Math.max(got, 0);
        return got;
    }
}
