// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Arrays;

/**
 * The words of a text as names are compared by, each with its place. Filled once, by one thread, then only read.
 *
 * <p>A word is a run of letters and digits, folded as {@link Folding} says. In scripts without spaces (Han, Kana, Thai,
 * Lao, Khmer, Burmese) and in Hangul, where endings stick to words, each letter is a word; a name begins at the
 * beginning of a run of Hangul. An apostrophe after one or two letters parts words ("l'eau", "o'clock"), a final "'s"
 * is dropped, others belong to the word ("don't"). Signs + and # at the end belong to it ("C++").
 */
final class Tokens {
    private static final byte BEGINS = 1;
    private static final byte JOINED = 2;
    private static final byte SPACELESS = 4;

    private static final String PARTING = "!?;()[]{}\"|“”„«»。！？、，";
    private static final int LONGEST_ABBREVIATION = 3;
    private static final int LONGEST_ELISION = 2;
    private static final int WIDEST_GAP = 4;
    private static final int SOFT_HYPHEN = 0xad;
    private static final int NON_JOINER = 0x200c;
    private static final int JOINER = 0x200d;

    private final String text;
    private final int most;
    private final ByteSink bytes;
    private int[] places;
    private byte[] flags;
    private int size;
    private boolean more;

    private Tokens(String text, int most) {
        this.text = text;
        this.most = most;
        this.bytes = new ByteSink(text.length() + 8);
        int guess = Math.min(most + 1, text.length() / 5 + 4);
        this.places = new int[3 * guess];
        this.flags = new byte[guess];
    }

    /**
     * Reads a text.
     *
     * @param most words that are read at most
     */
    static Tokens of(String text, int most) {
        Tokens tokens = new Tokens(text, most);
        tokens.read();
        return tokens;
    }

    int size() {
        return size;
    }

    /** Whether there are words after the last one that was read. */
    boolean hasMore() {
        return more;
    }

    /** Where a word begins in the text. */
    int start(int token) {
        return places[3 * token];
    }

    int end(int token) {
        return places[3 * token + 1];
    }

    /** Where the last word that was read ends. */
    int end() {
        return size == 0 ? 0 : end(size - 1);
    }

    /** UTF-8 of all words, one after the other. */
    byte[] bytes() {
        return bytes.bytes();
    }

    /** Where a word begins in the bytes. */
    int from(int token) {
        return places[3 * token + 2];
    }

    int to(int token) {
        return token + 1 < size ? places[3 * token + 5] : bytes.size();
    }

    /** Whether a name may begin here. */
    boolean begins(int token) {
        return (flags[token] & BEGINS) != 0;
    }

    /** Whether a name may go on here from the word before. */
    boolean isJoined(int token) {
        return (flags[token] & JOINED) != 0;
    }

    /** Whether the word is a letter of a script in which a word need not have two. */
    boolean isSpaceless(int token) {
        return (flags[token] & SPACELESS) != 0;
    }

    private void read() {
        int i = 0;
        while (i < text.length()) {
            int point = text.codePointAt(i);
            if (!Character.isLetterOrDigit(point)) {
                i += Character.charCount(point);
            } else if (size == most) {
                more = true;
                return;
            } else {
                i = isOfSpacelessScript(point) ? readLetter(i, point) : readWord(i);
            }
        }
    }

    private int readLetter(int start, int point) {
        boolean hangul = isHangul(point);
        boolean inRun = hangul && start > 0 && isHangul(text.codePointBefore(start));
        begin(start, inRun ? 0 : BEGINS);
        flags[size - 1] |= SPACELESS;
        Folding.table().append(point, bytes);
        return finish(readMarks(start + Character.charCount(point), point));
    }

    private int readWord(int start) {
        begin(start, BEGINS);
        int i = start;
        int letters = 0;
        while (i < text.length()) {
            int point = text.codePointAt(i);
            if (isApostrophe(point)) {
                if (!goesOnAfter(i, letters)) {
                    break;
                }
                bytes.add('\'');
                i++;
            } else if (point == SOFT_HYPHEN || point == NON_JOINER || point == JOINER) {
                i++;
            } else if (Character.isLetterOrDigit(point) && !isOfSpacelessScript(point)) {
                i = readPoint(i, point);
                letters++;
            } else {
                break;
            }
        }
        return finish(readPossessive(readSigns(i)));
    }

    private int readPoint(int at, int point) {
        if (point < 0x80) {
            bytes.add(point >= 'A' && point <= 'Z' ? point + ('a' - 'A') : point);
        } else {
            Folding.table().append(point, bytes);
        }
        int next = at + Character.charCount(point);
        return next < text.length() && text.charAt(next) >= 0x300 ? readMarks(next, point) : next;
    }

    private int readMarks(int at, int letter) {
        int i = at;
        while (i < text.length() && Folding.isMark(text.codePointAt(i))) {
            int mark = text.codePointAt(i);
            if (!Folding.isIgnoredAfter(letter, mark)) {
                bytes.addCodePoint(mark);
            }
            i += Character.charCount(mark);
        }
        return i;
    }

    private boolean goesOnAfter(int apostrophe, int letters) {
        return letters > LONGEST_ELISION
                && isLetterAt(apostrophe + 1)
                && !(isS(apostrophe + 1) && !isLetterAt(apostrophe + 2));
    }

    private int readPossessive(int at) {
        boolean possessive = at < text.length() && isApostrophe(text.charAt(at)) && isS(at + 1) && !isLetterAt(at + 2);
        return possessive ? at + 2 : at;
    }

    private int readSigns(int at) {
        int i = at;
        while (i < text.length() && (text.charAt(i) == '+' || text.charAt(i) == '#')) {
            i++;
        }
        if (i > at && !isLetterAt(i)) {
            for (int k = at; k < i; k++) {
                bytes.add(text.charAt(k));
            }
            return i;
        }
        return at;
    }

    private boolean isS(int at) {
        return at < text.length() && (text.charAt(at) == 's' || text.charAt(at) == 'S');
    }

    private boolean isLetterAt(int at) {
        return at < text.length() && Character.isLetterOrDigit(text.codePointAt(at));
    }

    private static boolean isApostrophe(int c) {
        return c == '\'' || c == '’' || c == 'ʼ';
    }

    private void begin(int start, int begins) {
        if (size == flags.length) {
            flags = Arrays.copyOf(flags, ByteSink.grown(size, 1));
            places = Arrays.copyOf(places, 3 * flags.length);
        }
        boolean joined = size > 0 && joins(end(size - 1), start);
        flags[size] = (byte) (begins | (joined ? JOINED : 0));
        places[3 * size] = start;
        places[3 * size + 2] = bytes.size();
        size++;
    }

    private int finish(int end) {
        places[3 * (size - 1) + 1] = end;
        return end;
    }

    /** Whether a name may have what stands between two words. */
    private boolean joins(int from, int to) {
        if (to - from > WIDEST_GAP) {
            return false;
        }
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r') {
                return isWrapped(from, to);
            }
            if (c != ' ' && c != '-' && (PARTING.indexOf(c) >= 0 || endsSentence(c, i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether two words stand on lines that follow one another, with nothing else between them. */
    private boolean isWrapped(int from, int to) {
        String between = text.substring(from, to).strip();
        long breaks = text.substring(from, to)
                .replace("\r\n", "\n")
                .chars()
                .filter(c -> c == '\n' || c == '\r')
                .count();
        return between.isEmpty() && breaks == 1;
    }

    private boolean endsSentence(char c, int at) {
        boolean beforeSpace = (c == '.' || c == ':') && Character.isWhitespace(text.charAt(at + 1));
        boolean abbreviates = c == '.' && end(size - 1) - start(size - 1) <= LONGEST_ABBREVIATION;
        return beforeSpace && !abbreviates;
    }

    private static boolean isHangul(int point) {
        return point >= 0xac00 && point <= 0xd7a3;
    }

    private static boolean isOfSpacelessScript(int point) {
        return (point >= 0xe00 && point <= 0xeff)
                || (point >= 0x1000 && point <= 0x109f)
                || (point >= 0x1780 && point <= 0x17ff)
                || (point >= 0x3040 && point <= 0x30ff)
                || (point >= 0x31f0 && point <= 0x31ff)
                || (point >= 0x3400 && point <= 0x9fff)
                || isHangul(point)
                || (point >= 0xf900 && point <= 0xfaff)
                || (point >= 0xff66 && point <= 0xff9f)
                || (point >= 0x20000 && point <= 0x3ffff);
    }
}
