// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.task.Input;
import dev.perennial.text.Text;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/** Ways to write the same worse. Deterministic: what becomes of a text depends on it and the seed alone. */
public enum Stress {
    /** One slip of the keyboard in every fifth word, and one at least: letters swapped, left out, doubled or wrong. */
    TYPOS,
    /** Small letters alone. */
    LOWER_CASE,
    /** Capital letters alone. */
    UPPER_CASE,
    /** The first half of the words. */
    TRUNCATION;

    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final int WORDS_PER_SLIP = 5;
    private static final int LETTERS = 26;

    /** The input written so; both texts of a pair. */
    public Input applied(Input input, long seed) {
        Text text = applied(input.text(), seed);
        return input.textPair().map(pair -> Input.of(text, applied(pair, seed))).orElseGet(() -> Input.of(text));
    }

    private Text applied(Text text, long seed) {
        String written = switch (this) {
            case TYPOS -> misspelt(text.value(), seed);
            case LOWER_CASE -> text.value().toLowerCase(Locale.ROOT);
            case UPPER_CASE -> text.value().toUpperCase(Locale.ROOT);
            case TRUNCATION -> halved(text.value());
        };
        return Text.flawIn(written, Integer.MAX_VALUE).isPresent() ? text : new Text(written);
    }

    private static String halved(String value) {
        String[] words = SPACE.split(value.strip());
        return String.join(" ", Arrays.copyOf(words, (words.length + 1) / 2));
    }

    private static String misspelt(String value, long seed) {
        SplittableRandom random = new SplittableRandom(
                seed ^ Arrays.hashCode(value.getBytes(StandardCharsets.UTF_8)) * 0x9E3779B97F4A7C15L);
        String[] words = SPACE.split(value.strip());
        int slips = (words.length + WORDS_PER_SLIP - 1) / WORDS_PER_SLIP;
        for (int slip = 0; slip < slips; slip++) {
            int word = random.nextInt(words.length);
            words[word] = misspelt(words[word], random);
        }
        return String.join(" ", words);
    }

    /** One slip in a word, by code points. */
    private static String misspelt(String word, SplittableRandom random) {
        int[] letters = word.codePoints().toArray();
        int at = random.nextInt(letters.length);
        int slip = random.nextInt(4);
        int last = letters.length - 1;
        if (slip == 0 && last > 0) {
            int left = Math.min(at, last - 1);
            int swapped = letters[left];
            letters[left] = letters[left + 1];
            letters[left + 1] = swapped;
            return new String(letters, 0, letters.length);
        }
        String before = new String(letters, 0, at);
        String after = new String(letters, at + 1, last - at);
        String letter = Character.toString(letters[at]);
        if (slip == 1 && last > 0) {
            return before + after;
        }
        return slip == 2 ? before + letter + letter + after : before + (char) ('a' + random.nextInt(LETTERS)) + after;
    }
}
