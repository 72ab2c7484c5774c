// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A text as a row of words: runs of letters and digits in lower case, compatibility forms and accents folded, what is
 * not seen (soft hyphens, joiners) and the {@code 's} of a genitive left out; in scripts that put no space between
 * words, every letter is one, so that a row of them says less. Immutable.
 *
 * <p>Words are kept as 64-bit hashes.
 */
final class Words {
    private static final Set<UnicodeScript> WITHOUT_SPACES = Set.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.THAI,
            UnicodeScript.LAO,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR);
    private static final Pattern GENITIVE = Pattern.compile("(?<=\\p{L})\\p{Cf}*['\u2019]\\p{Cf}*s(?!\\p{L})");

    /** The golden ratio's fraction, and the two multipliers of Stafford's mixer 13, as in {@code SplittableRandom}. */
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private static final long FIRST = 0xBF58476D1CE4E5B9L;
    private static final long SECOND = 0x94D049BB133111EBL;

    private final long[] hashes;

    private Words(long[] hashes) {
        this.hashes = hashes;
    }

    static Words of(String text) {
        String folded = GENITIVE.matcher(
                        Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT))
                .replaceAll("");
        LongStream.Builder words = LongStream.builder();
        long word = 0;
        for (int i = 0; i < folded.length(); ) {
            int c = folded.codePointAt(i);
            i += Character.charCount(c);
            if (isUnseen(c)) {
                continue;
            }
            boolean inWord = Character.isLetterOrDigit(c) && !standsAlone(c);
            if (!inWord && word != 0) {
                words.add(word);
            }
            word = inWord ? mixed(word + STEP + c) : 0;
            if (standsAlone(c)) {
                words.add(mixed(STEP + c));
            }
        }
        if (word != 0) {
            words.add(word);
        }
        return new Words(words.build().toArray());
    }

    int count() {
        return hashes.length;
    }

    /** One hash for every row of so many words. */
    LongStream hashes(int length) {
        return IntStream.rangeClosed(0, hashes.length - length).mapToLong(from -> {
            long hash = length;
            for (int i = from; i < from + length; i++) {
                hash = mixed(hash * STEP + hashes[i]);
            }
            return hash;
        });
    }

    private static boolean standsAlone(int c) {
        return c > 0x7F && Character.isLetter(c) && WITHOUT_SPACES.contains(UnicodeScript.of(c));
    }

    private static boolean isUnseen(int c) {
        int type = Character.getType(c);
        return type == Character.FORMAT
                || type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    private static long mixed(long hash) {
        long mixed = (hash ^ (hash >>> 30)) * FIRST;
        mixed = (mixed ^ (mixed >>> 27)) * SECOND;
        return mixed ^ (mixed >>> 31);
    }
}
