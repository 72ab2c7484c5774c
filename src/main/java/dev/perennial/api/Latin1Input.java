// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A stream in ISO-8859-1 as UTF-8: what a byte above 127 means takes two. Owned by one thread. */
final class Latin1Input extends FilterInputStream {
    private static final int NONE = -1;
    private int second = NONE;

    Latin1Input(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        if (second != NONE) {
            int next = second;
            second = NONE;
            return next;
        }
        int value = in.read();
        if (value < 0x80) {
            return value;
        }
        second = 0x80 | (value & 0x3F);
        return 0xC0 | (value >> 6);
    }

    /** Waits for one byte at most, so that what has come is given at once. */
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = 0;
        int ready = length;
        while (read < length && ready > 0) {
            int value = read();
            if (value < 0) {
                break;
            }
            buffer[offset + read++] = (byte) value;
            // Of a compressed stream this says 1 as long as there may be more, which is no promise.
            ready = second != NONE ? 1 : in.available() - 1;
        }
        return read == 0 && length > 0 ? -1 : read;
    }

    /** The bytes of a whole text. */
    static byte[] utf8(byte[] latin1) {
        return new String(latin1, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
