// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/** A body that is read piece by piece and kept: what goes wrong with it is the sender's. Not thread-safe. */
final class SentInput extends FilterInputStream {
    SentInput(InputStream in) {
        super(in);
    }

    @Override
    public int read() {
        try {
            return super.read();
        } catch (IOException broken) {
            throw refusal(broken);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        try {
            return super.read(bytes, offset, length);
        } catch (IOException broken) {
            throw refusal(broken);
        }
    }

    private static Refusal.Unparsable refusal(IOException broken) {
        return broken instanceof ZipException || broken instanceof EOFException ? Bodies.notGzip() : Bodies.cutOff();
    }
}
