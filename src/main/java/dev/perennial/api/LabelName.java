// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.text.Text;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;

/**
 * Name of a label: in normal form NFC, without white space around it, free of control characters.
 *
 * @param value the name
 */
record LabelName(String value) {

    /** The first reason why a string cannot be a label's name, as the end of a sentence that begins with the member. */
    static Optional<String> flawIn(String raw, int maxChars) {
        Optional<Text.Flaw> flaw = Text.flawIn(raw, Integer.MAX_VALUE);
        if (flaw.isPresent()) {
            return Optional.of(flaw.get().detail());
        }
        if (raw.length() > maxChars) {
            return Optional.of("is longer than " + maxChars + " characters: " + raw.length());
        }
        boolean controls = raw.strip().codePoints().anyMatch(LabelName::isControl);
        return controls ? Optional.of("contains a control character; remove it") : Optional.empty();
    }

    /** @throws Refusal.TooLarge when a string is too long for a name */
    static void requireShort(String raw, int maxChars) {
        if (raw.length() > maxChars) {
            throw new Refusal.TooLarge("label_name_chars", maxChars, raw.length());
        }
    }

    /** The name that a string without flaw means. */
    static LabelName of(String raw) {
        return new LabelName(Normalizer.normalize(raw.strip(), Normalizer.Form.NFC));
    }

    /** Equal for names that a reader takes for the same: compatibility forms, case and invisible characters folded. */
    String fold() {
        String compatible = Normalizer.normalize(value, Normalizer.Form.NFKC);
        StringBuilder visible = new StringBuilder(compatible.length());
        compatible
                .codePoints()
                .filter(point -> Character.getType(point) != Character.FORMAT)
                .forEach(visible::appendCodePoint);
        String small = visible.toString().toLowerCase(Locale.ROOT);
        // Twice, because a capital sharp s has a small letter whose capitals are two others.
        String caseless = small.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return Normalizer.normalize(caseless, Normalizer.Form.NFKC).strip().replaceAll("\\s+", " ");
    }

    private static boolean isControl(int point) {
        return Character.isISOControl(point)
                || point == '\u2028'
                || point == '\u2029'
                || (point >= '\u202A' && point <= '\u202E')
                || (point >= '\u2066' && point <= '\u2069');
    }
}
