// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.nio.file.Path;
import java.util.Collection;

/**
 * Port: hears of the files that shelves keep, before they do, so that another process finds what a shelf has kept, and
 * nothing that it has removed. What it throws, the shelf throws, and leaves its files as they were. Safe for concurrent
 * use.
 */
public interface KeptFiles {
    /** Where the disk is the only place. */
    KeptFiles NONE = new KeptFiles() {
        @Override
        public void keeping(Path name, Path content) {}

        @Override
        public void removing(Collection<Path> names) {}
    };

    /**
     * A file or a folder is about to be called so, in the place of what was.
     *
     * @param content where it is by now, whole
     */
    void keeping(Path name, Path content);

    /** Files and folders are about to be deleted. */
    void removing(Collection<Path> names);
}
