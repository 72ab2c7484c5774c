// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Passage;
import java.util.Optional;

/**
 * What a tokenizer gets to see of a passage.
 *
 * <p>Truncating to a window does not bound what a tokenizer costs, so a text is first cut to eight characters for each
 * token of the window.
 *
 * @param prefix what is put before the first text
 * @param tokens the window, special tokens included
 */
record TextWindow(String prefix, int tokens) {
    private static final int CHARS_PER_TOKEN = 8;

    String first(Passage passage) {
        return cut(prefix + passage.text());
    }

    Optional<String> second(Passage passage) {
        return passage.second().map(this::cut);
    }

    boolean cuts(Passage passage) {
        return prefix.length() + passage.text().length() > maxChars()
                || passage.second().map(String::length).orElse(0) > maxChars();
    }

    private int maxChars() {
        return CHARS_PER_TOKEN * tokens;
    }

    private String cut(String text) {
        if (text.length() <= maxChars()) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(maxChars() - 1)) ? maxChars() - 1 : maxChars();
        return text.substring(0, end);
    }
}
