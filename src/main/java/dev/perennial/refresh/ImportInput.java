// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A file that is being read, and how far it is. Not thread-safe. */
final class ImportInput extends FilterInputStream {
    private final long size;
    private long read;

    /** @param size bytes of the file; 0 when that is not known */
    ImportInput(InputStream in, long size) {
        super(in);
        this.size = size;
    }

    /** Whether it is known how much there is to be read. */
    boolean hasSize() {
        return size > 0;
    }

    long size() {
        return size;
    }

    /** Bytes that were read until now. */
    long position() {
        return read;
    }

    @Override
    public int read() throws IOException {
        int one = super.read();
        read += one < 0 ? 0 : 1;
        return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int got = super.read(bytes, offset, length);
        read += Math.max(got, 0);
        return got;
    }
}
