// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import dev.perennial.text.Text;
import java.util.Optional;

/**
 * What a task is asked about: one text, or an ordered pair of texts.
 *
 * @param text the text, or the first of the pair
 * @param textPair the second text of a pair
 */
public record Input(Text text, Optional<Text> textPair) {
    public static Input of(Text text) {
        return new Input(text, Optional.empty());
    }

    public static Input of(Text text, Text textPair) {
        return new Input(text, Optional.of(textPair));
    }

    public InputKind kind() {
        return textPair.isPresent() ? InputKind.PAIR : InputKind.TEXT;
    }
}
