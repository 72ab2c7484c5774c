// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

/**
 * Where statements come from.
 *
 * @param source name of the source, by which all that came from it can be removed: {@code [a-z0-9][a-z0-9._-]{0,62}}
 * @param origin where it was found, e.g. an address; may be empty
 * @param licence on which terms; may be empty
 * @param trust how far it is believed, in [0, 1]
 */
public record Provenance(String source, String origin, String licence, double trust) {
    /** The source of what clients state about single entities; it outranks all others. */
    public static final String EDITS = "edits";

    public Provenance {
        if (!(trust >= 0 && trust <= 1)) {
            throw new IllegalArgumentException("trust is between 0 and 1");
        }
    }
}
