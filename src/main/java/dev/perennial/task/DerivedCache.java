// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.Optional;
import java.util.Set;

/**
 * Bytes under a name, kept so that the next start need not compute them again. Everything in it can be derived from the
 * {@link TaskStore} and the models: losing it costs time and nothing else, so nothing in it is awaited, and what cannot
 * be read or written counts as what is not there. Safe for concurrent use.
 *
 * <p>A name is {@code [a-z0-9-]{1,100}}.
 */
public interface DerivedCache {

    /** Keeps bytes in place of those kept before. */
    void put(String name, byte[] content);

    /** What was put last, unchanged, if it is there. */
    Optional<byte[]> get(String name);

    /** Removes what was kept. */
    void remove(String name);

    /** The names under which something may be kept. */
    Set<String> names();
}
