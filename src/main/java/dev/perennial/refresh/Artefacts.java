// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Port: files that the store keeps, for processes whose disk lacks them. Safe for concurrent use by the one process
 * that changes the store. No file is ever in memory as a whole.
 *
 * <p>All throw {@link dev.perennial.refusal.Refusal.StoreUnavailable} when the store or a file cannot be used now.
 */
public interface Artefacts {
    /** Ends the name of a file that is being fetched. */
    String UNFINISHED = ".unfinished";

    /**
     * Whatever is called so, or lies below, is these files from now on, or as it was when this throws.
     *
     * @param roots names that are replaced
     * @param files by name, which is one of the roots or below one; whole, and unchanged until this returns
     */
    void replace(Set<String> roots, Map<String, Path> files);

    /** Keeps files in the place of those of the same names: all of them or, when this throws, none. */
    default void put(Map<String, Path> files) {
        replace(files.keySet(), files);
    }

    /** Removes what is called so, and what lies below. */
    default void remove(Set<String> roots) {
        replace(roots, Map.of());
    }

    /** Keeps the first files, of which there may be none; {@link #version} is not 0 any more. */
    void begin(Map<String, Path> files);

    /** All that are kept, by name. */
    List<Artefact> list();

    /**
     * Writes an artefact to a file, which appears whole or not at all, in the place of what was there. Beside it, one
     * whose name ends in {@code .unfinished} may stay behind when the process ends.
     *
     * @return whether the store still has what the hash is of; nothing is written otherwise
     */
    boolean fetch(Artefact artefact, Path file);

    /** Number of changes so far; 0 before {@link #begin}. */
    long version();
}
