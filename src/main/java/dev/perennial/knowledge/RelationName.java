// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Locale;
import java.util.regex.Pattern;

/** How a relation without a label is called: the end of its id, in words. */
final class RelationName {
    private static final Pattern WORDS = Pattern.compile("(?<=[\\p{Ll}\\d])(?=\\p{Lu})|[_\\-\\s]+");

    private RelationName() {}

    /** {@code http://schema.org/birthPlace} is "birth place", {@code /people/person/born_in} is "born in". */
    static String of(String id) {
        int end = id.length();
        while (end > 0 && isSeparator(id.charAt(end - 1))) {
            end--;
        }
        int begin = end;
        while (begin > 0 && !isSeparator(id.charAt(begin - 1))) {
            begin--;
        }
        String words = WORDS.matcher(id.substring(begin, end)).replaceAll(" ").strip();
        if (words.isEmpty()) {
            return id;
        }
        boolean capitals = words.equals(words.toUpperCase(Locale.ROOT));
        return capitals ? words : words.toLowerCase(Locale.ROOT);
    }

    private static boolean isSeparator(char c) {
        return c == '/' || c == '#' || c == ':';
    }
}
