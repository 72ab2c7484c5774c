// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.nio.file.Path;

/** What a new member is to be made of. */
public sealed interface MemberSource {

    /** Name that it is to have. */
    String id();

    /** A folder with an encoder, which is read and left alone. */
    record Folder(String id, Path path) implements MemberSource {}

    /** A zip archive of such a folder, which belongs to the registration. */
    record Archive(String id, Path path) implements MemberSource {}

    /**
     * An encoder that serves, of which a static table is to be distilled.
     *
     * @param teacher its id
     */
    record Teacher(String id, String teacher) implements MemberSource {}
}
