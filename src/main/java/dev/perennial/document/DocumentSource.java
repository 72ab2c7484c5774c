// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

/**
 * Where documents come from.
 *
 * @param id its name, by which all that came from it can be removed
 * @param origin where it was found, e.g. an address; may be empty
 * @param licence on which terms; may be empty
 * @param trust how far it is believed, in [0, 1]
 * @param description what it is, for people; may be empty
 */
public record DocumentSource(SourceId id, String origin, String licence, double trust, String description) {
    public DocumentSource {
        if (!(trust >= 0 && trust <= 1)) {
            throw new IllegalArgumentException("trust is between 0 and 1");
        }
    }
}
