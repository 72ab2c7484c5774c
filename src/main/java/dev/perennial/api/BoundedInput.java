// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body that may not be longer than its limit, however it is encoded on the way. Not thread-safe. */
final class BoundedInput extends FilterInputStream {
    private final String limitName;
    private final long maxBytes;
    private long read;

    /** @param limitName name of the limit as {@code GET /v1/limits} lists it */
    BoundedInput(InputStream in, String limitName, long maxBytes) {
        super(in);
        this.limitName = limitName;
        this.maxBytes = maxBytes;
    }

    @Override
    public int read() throws IOException {
        int one = super.read();
        count(one < 0 ? 0 : 1);
        return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int got = super.read(bytes, offset, length);
        count(Math.max(got, 0));
        return got;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void count(int got) {
        read += got;
        if (read > maxBytes) {
            throw new Refusal.TooLarge(limitName, maxBytes, read);
        }
    }
}
