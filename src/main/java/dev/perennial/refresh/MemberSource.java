// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.nio.file.Path;

/**
 * Where a candidate encoder lies.
 *
 * @param id name that it is to have
 * @param form whether {@code path} is a folder or a zip archive
 * @param path the folder, which is read and left alone; or the archive, which belongs to the registration
 */
public record MemberSource(String id, Form form, Path path) {

    /** What a candidate is. */
    public enum Form {
        FOLDER,
        ARCHIVE
    }
}
