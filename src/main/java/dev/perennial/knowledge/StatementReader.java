// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.io.IOException;
import java.io.InputStream;

/** Port: reads statements out of files, which may be hostile. Thread-safe. */
public interface StatementReader {

    /**
     * Reads a file to its end, in bounded memory.
     *
     * @param file its bytes; empty for what is inside the service
     * @throws dev.perennial.refusal.Refusal when it cannot be read at all, or not to its end
     */
    void read(InputStream file, GraphReading reading, StatementSink sink) throws IOException;
}
