// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.Locale;

/**
 * How letters are compared when a text is searched for names: as NFKC without case, and, of Latin and Greek letters,
 * without diacritics. "Straße" is "strasse", "Łódź" is "lodz", "Ａ" is "a", "ς" is "σ"; "ё" is "е", but "й" is not "и",
 * and the marks of all other scripts stay, as they make other letters there. Immutable.
 */
final class Folding {
    private static final int FIRST_MARK = 0x300;
    private static final int LAST_MARK = 0x36f;
    private static final int DIAERESIS = 0x308;
    private static final int IE = 0x435;

    /** By code unit: the code unit it becomes, or 0 when it becomes several or none. */
    private final char[] single = new char[Character.MAX_VALUE + 1];

    private Folding() {
        for (char c = 1; c < Character.MAX_VALUE; c++) {
            if (isBlockOfLettersWithoutCase(c)) {
                single[c] = c;
            } else if (Character.isLetterOrDigit(c)) {
                String folded = computed(c);
                single[c] = folded.length() == 1 ? folded.charAt(0) : 0;
            }
        }
    }

    /** Made when the first name is folded. */
    private static final class Table {
        private static final Folding FOLDING = new Folding();
    }

    static Folding table() {
        return Table.FOLDING;
    }

    /** Ideographs and Hangul syllables: most of all letters, and none of them changes. */
    private static boolean isBlockOfLettersWithoutCase(char c) {
        return (c >= 0x3400 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7a3);
    }

    /** Appends what a letter or digit becomes. */
    void append(int point, ByteSink sink) {
        char folded = point <= Character.MAX_VALUE ? single[point] : 0;
        if (folded != 0) {
            sink.addCodePoint(folded);
        } else {
            computed(point).codePoints().forEach(sink::addCodePoint);
        }
    }

    /** Whether a combining mark makes no difference after a letter. */
    static boolean isIgnoredAfter(int letter, int mark) {
        if (mark < FIRST_MARK || mark > LAST_MARK) {
            return false;
        }
        UnicodeScript script = UnicodeScript.of(letter);
        return script == UnicodeScript.LATIN
                || script == UnicodeScript.GREEK
                || (mark == DIAERESIS && Character.toLowerCase(letter) == IE);
    }

    private static String computed(int point) {
        String letter = Character.toString(point);
        String compatible = Normalizer.normalize(letter, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT);
        StringBuilder kept = new StringBuilder();
        int before = 0;
        for (int part : Normalizer.normalize(compatible, Normalizer.Form.NFD)
                .codePoints()
                .toArray()) {
            boolean mark = isMark(part);
            if (mark ? !isIgnoredAfter(before, part) : Character.isLetterOrDigit(part)) {
                appendBase(Character.toLowerCase(part), kept);
            }
            before = mark ? before : part;
        }
        return Normalizer.normalize(kept, Normalizer.Form.NFC);
    }

    /** Letters that have no decomposition, though they are written as another letter where they are not known. */
    private static void appendBase(int lower, StringBuilder kept) {
        switch (lower) {
            case 'ø' -> kept.append('o');
            case 'đ', 'ð' -> kept.append('d');
            case 'ł' -> kept.append('l');
            case 'ħ' -> kept.append('h');
            case 'ı' -> kept.append('i');
            case 'æ' -> kept.append("ae");
            case 'œ' -> kept.append("oe");
            case 'þ' -> kept.append("th");
            default -> kept.appendCodePoint(lower);
        }
    }

    static boolean isMark(int point) {
        int type = Character.getType(point);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }
}
