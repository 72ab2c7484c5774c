// SPDX-License-Identifier: Apache-2.0
package dev.perennial.text;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Optional;

/**
 * A client's text: valid Unicode in normal form NFC, not empty, free of NUL.
 *
 * <p>Two texts are the same text exactly when their values are equal. Immutable.
 *
 * @param value the characters, NFC
 */
public record Text(String value) {
    /** Combining marks that may follow one another. */
    public static final int MOST_MARKS = 100;

    /** Why a string cannot be a text. */
    public enum Flaw {
        /** Nothing that can be seen: empty, or only white space, format and control characters. */
        BLANK("is empty; send at least one visible character"),
        /** A surrogate code unit without its partner. */
        LONE_SURROGATE("contains half of a surrogate pair; send valid Unicode"),
        /** U+0000, which no store and no tokenizer treats as a character. */
        NUL("contains the character U+0000; remove it"),
        /**
         * More marks on one letter than any language has; to put them in order takes time of the square of their
         * number.
         */
        MARKS("has more than 100 combining marks in a row; send fewer"),
        /** More characters than the limit. */
        TOO_LONG("is too long");

        private final String detail;

        Flaw(String detail) {
            this.detail = detail;
        }

        /** What to do about it, as the end of a sentence that begins with the member's name. */
        public String detail() {
            return detail;
        }
    }

    public Text {
        // What was taken in once stays readable when less is taken in: an invisible text is a text, and so is one of
        // marks.
        if (value.isEmpty()
                || flawIn(value, Integer.MAX_VALUE)
                        .filter(flaw -> flaw != Flaw.BLANK && flaw != Flaw.MARKS)
                        .isPresent()) {
            throw new IllegalArgumentException("not a text");
        }
        value = Normalizer.normalize(value, Normalizer.Form.NFC);
    }

    /**
     * The first reason why {@code value} is not a text of at most {@code maxChars} UTF-16 code units, if there is one.
     */
    public static Optional<Flaw> flawIn(String value, int maxChars) {
        if (value.length() > maxChars) {
            return Optional.of(Flaw.TOO_LONG);
        }
        boolean visible = false;
        int marks = 0;
        int most = 0;
        for (int i = 0; i < value.length(); ) {
            int c = value.codePointAt(i);
            if (c == 0) {
                return Optional.of(Flaw.NUL);
            }
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                return Optional.of(Flaw.LONE_SURROGATE);
            }
            visible |= isVisible(c);
            marks = isMark(c) ? marks + 1 : 0;
            most = Math.max(most, marks);
            i += Character.charCount(c);
        }
        if (!visible) {
            return Optional.of(Flaw.BLANK);
        }
        return most > MOST_MARKS ? Optional.of(Flaw.MARKS) : Optional.empty();
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    private static boolean isVisible(int c) {
        return !Character.isWhitespace(c)
                && !Character.isSpaceChar(c)
                && !Character.isISOControl(c)
                && Character.getType(c) != Character.FORMAT;
    }

    /** The text as UTF-8. */
    public byte[] utf8() {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
