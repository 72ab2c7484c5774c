// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A part of a file that goes on after it: counts what is read, and stays open. Not thread-safe. */
final class CountedInput extends FilterInputStream {
    private static final int BUFFER_BYTES = 16 * 1024;

    private long count;

    CountedInput(InputStream in) {
        super(in);
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
        int one = super.read();
        count += one < 0 ? 0 : 1;
        return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int got = super.read(bytes, offset, length);
        count += Math.max(got, 0);
        return got;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public void close() {}
}
