// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

/**
 * How a mention is written in its text, which speaks for some entities and against others. Owned by one thread.
 *
 * <p>A name of capital letters that is written without them is a tenth as probable, the other way round half as
 * probable; nothing is concluded from the beginning of a sentence, nor from a text without capital or without small
 * letters.
 */
final class Surface {
    private static final double NAME_IN_SMALL_LETTERS = 0.1;
    private static final double WORD_IN_CAPITALS = 0.5;

    private final String text;
    private final boolean mixed;
    private Shape shape = Shape.PLAIN;
    private boolean begins;

    Surface(String text) {
        this.text = text;
        this.mixed =
                text.chars().anyMatch(Character::isUpperCase) && text.chars().anyMatch(Character::isLowerCase);
    }

    /** Looks at a mention. */
    void look(int start, int end) {
        shape = Shape.of(text, start, end);
        begins = beginsSentence(start);
    }

    /** Whether the mention is written so that it can be no function word. */
    boolean permits(Shape name) {
        return switch (name) {
            case PLAIN -> false;
            case CAPITALISED -> mixed && shape == Shape.CAPITALISED && !begins;
            case CAPITALS -> mixed && shape == Shape.CAPITALS;
        };
    }

    /** What a name of this shape loses. */
    double factor(Shape name) {
        if (!mixed) {
            return 1;
        }
        if (name != Shape.PLAIN) {
            return shape == Shape.PLAIN ? NAME_IN_SMALL_LETTERS : 1;
        }
        return shape == Shape.CAPITALISED && !begins ? WORD_IN_CAPITALS : 1;
    }

    private boolean beginsSentence(int start) {
        for (int i = start - 1; i >= 0; i--) {
            char c = text.charAt(i);
            if (c == '\n' || ".!?:…".indexOf(c) >= 0) {
                return true;
            }
            if (Character.isLetterOrDigit(c) || c == ',' || c == ';') {
                return false;
            }
        }
        return true;
    }
}
