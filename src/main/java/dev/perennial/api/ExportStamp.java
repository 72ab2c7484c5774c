// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.refusal.Refusal;

/**
 * The first part of a file, by which a reader knows at once whether it can read the rest. Files of the first two
 * versions have none.
 *
 * @param format always the same word
 * @param version of the format
 * @param minor raised by what an earlier reader does not know
 */
record ExportStamp(String format, int version, int minor) {
    static final String FORMAT = "perennial-export";
    static final int VERSION = 3;
    static final int MINOR = 0;
    /** What this release writes. */
    static final ExportStamp WRITTEN = new ExportStamp(FORMAT, VERSION, MINOR);

    private static final int MEMBERS = 3;

    /** Checks a stamp, of which only the members of this one are looked at before the version is known. */
    static void require(JsonNode stamp) {
        if (!FORMAT.equals(stamp.path("format").textValue())
                || !stamp.path("version").isInt()
                || !stamp.path("minor").isInt()) {
            throw new Refusal.Invalid("/" + ExportArchive.STAMP, "must say the format, its version and minor version");
        }
        int version = stamp.path("version").intValue();
        int minor = stamp.path("minor").intValue();
        if (version > VERSION || (version == VERSION && minor > MINOR)) {
            throw new Refusal.Invalid(
                    "/" + ExportArchive.STAMP,
                    "is of version " + version + "." + minor + ", and this release reads up to " + VERSION + "." + MINOR
                            + ": update this service, or export the tasks anew by a release that writes " + VERSION
                            + "." + MINOR);
        }
        if (version != VERSION || minor != MINOR || stamp.size() != MEMBERS) {
            throw new Refusal.Invalid("/" + ExportArchive.STAMP, "is of no version that there is");
        }
    }
}
