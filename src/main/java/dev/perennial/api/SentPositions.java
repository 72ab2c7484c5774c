// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Where positions of a text in normal form NFC lie in the text as it was sent, both in UTF-16 code units. A position
 * within characters that were composed or reordered lies at their edge. Immutable.
 *
 * <p>The text is cut before every character that neither is a mark nor joins the Hangul syllable before it; nothing is
 * composed or reordered across such a cut, so that the pieces, each in normal form, make up the text in normal form.
 */
final class SentPositions {
    private static final int FIRST_VOWEL_OR_TAIL = 0x1160;
    private static final int LAST_VOWEL_OR_TAIL = 0x11FF;

    private final boolean same;
    private final int[] sentCuts;
    private final int[] normalCuts;
    /** The pieces, by number, that normal form changes. */
    private final BitSet changed;

    private SentPositions(boolean same, int[] sentCuts, int[] normalCuts, BitSet changed) {
        this.same = same;
        this.changed = changed;
        this.sentCuts = sentCuts;
        this.normalCuts = normalCuts;
    }

    /** Those of a text as it was sent. */
    static SentPositions of(String sent) {
        if (Normalizer.isNormalized(sent, Form.NFC)) {
            return new SentPositions(true, new int[0], new int[0], new BitSet());
        }
        int[] sentCuts = new int[sent.length() + 1];
        int[] normalCuts = new int[sent.length() + 1];
        BitSet changed = new BitSet();
        int pieces = 0;
        for (int from = 0; from < sent.length(); ) {
            int to = end(sent, from);
            String piece = sent.substring(from, to);
            String normal = Normalizer.normalize(piece, Form.NFC);
            changed.set(pieces, !normal.equals(piece));
            pieces++;
            sentCuts[pieces] = to;
            normalCuts[pieces] = normalCuts[pieces - 1] + normal.length();
            from = to;
        }
        return new SentPositions(
                false, Arrays.copyOf(sentCuts, pieces + 1), Arrays.copyOf(normalCuts, pieces + 1), changed);
    }

    private static int end(String sent, int from) {
        int to = from + Character.charCount(sent.codePointAt(from));
        while (to < sent.length() && belongsToTheOneBefore(sent.codePointAt(to))) {
            to += Character.charCount(sent.codePointAt(to));
        }
        return to;
    }

    private static boolean belongsToTheOneBefore(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || (c >= FIRST_VOWEL_OR_TAIL && c <= LAST_VOWEL_OR_TAIL);
    }

    /** Where something begins that begins there in normal form. */
    int start(int normal) {
        return at(normal, 0);
    }

    /** Where something ends that ends there in normal form. */
    int end(int normal) {
        return at(normal, 1);
    }

    private int at(int normal, int edge) {
        if (same) {
            return normal;
        }
        int cut = Arrays.binarySearch(normalCuts, normal);
        if (cut >= 0) {
            return sentCuts[cut];
        }
        int piece = -cut - 2;
        return changed.get(piece) ? sentCuts[piece + edge] : sentCuts[piece] + normal - normalCuts[piece];
    }
}
