// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.io.InputStream;
import java.util.Set;

/** Port: files that were sent and wait for the job that reads them. Safe for concurrent use. */
public interface Uploads {

    /**
     * Keeps a file until it is {@link #discard}ed. It is on disk when this returns.
     *
     * @param file read to its end; what it throws comes out, and nothing is kept
     * @return its name
     */
    String stage(InputStream file);

    /** Bytes of a file. */
    long size(String name);

    /**
     * Opens a file.
     *
     * @throws dev.perennial.refusal.Refusal.Invalid when it is no longer there
     */
    InputStream open(String name);

    /** Removes a file; nothing happens when it is gone. */
    void discard(String name);

    /** Removes all files but these: those of requests that a stop cut off. */
    void retain(Set<String> names);
}
