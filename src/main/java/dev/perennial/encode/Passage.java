// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.util.Optional;

/**
 * What one forward pass reads: a text, or two texts joined by the encoder's separator.
 *
 * @param text the text, without the encoder's prefix
 * @param second the second segment, when both are read together
 */
public record Passage(String text, Optional<String> second) {
    public static Passage of(String text) {
        return new Passage(text, Optional.empty());
    }

    public static Passage joined(String text, String second) {
        return new Passage(text, Optional.of(second));
    }

    /** Number of UTF-16 code units, the unit in which work is budgeted before tokenizing. */
    public int chars() {
        return text.length() + second.map(String::length).orElse(0);
    }
}
