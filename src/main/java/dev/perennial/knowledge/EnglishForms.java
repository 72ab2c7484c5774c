// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * What an English word may be a form of: the rules by which WordNet's {@code morphy} takes endings off nouns and verbs,
 * and a doubled consonant with them. Irregular forms are not known.
 */
final class EnglishForms {
    private static final int SHORTEST_WORD = 4;
    private static final int SHORTEST_STEM = 3;

    /** In the order in which they are tried. */
    private static final List<Ending> ENDINGS = List.of(
            new Ending("s", ""),
            new Ending("ses", "s"),
            new Ending("xes", "x"),
            new Ending("zes", "z"),
            new Ending("ches", "ch"),
            new Ending("shes", "sh"),
            new Ending("men", "man"),
            new Ending("ies", "y"),
            new Ending("es", "e"),
            new Ending("es", ""),
            new Ending("ed", "e"),
            new Ending("ed", ""),
            new Ending("ing", "e"),
            new Ending("ing", ""));

    private EnglishForms() {}

    @SuppressWarnings("ArrayRecordComponent")
    private record Ending(byte[] ending, byte[] instead) {
        Ending(String ending, String instead) {
            this(ending.getBytes(StandardCharsets.US_ASCII), instead.getBytes(StandardCharsets.US_ASCII));
        }

        boolean ends(byte[] bytes, int from, int to) {
            int begin = to - ending.length;
            if (begin + instead.length - from < SHORTEST_STEM) {
                return false;
            }
            for (int i = 0; i < ending.length; i++) {
                if (bytes[begin + i] != ending[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Writes one form after the other into a scratch array until one is accepted.
     *
     * @param scratch at least as long as the word and one more
     * @param accept gets a form's length
     * @return whether one was accepted
     */
    static boolean find(Tokens tokens, int token, byte[] scratch, IntPredicate accept) {
        byte[] bytes = tokens.bytes();
        int from = tokens.from(token);
        int to = tokens.to(token);
        if (!isInflected(bytes, from, to)) {
            return false;
        }
        System.arraycopy(bytes, from, scratch, 0, to - from);
        for (Ending ending : ENDINGS) {
            if (ending.ends(bytes, from, to)) {
                int stem = to - from - ending.ending.length;
                System.arraycopy(bytes, from, scratch, 0, stem);
                System.arraycopy(ending.instead, 0, scratch, stem, ending.instead.length);
                if (accept.test(stem + ending.instead.length)
                        || (isDoubled(scratch, stem, ending) && accept.test(stem - 1))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** "stopped" is a form of "stop". */
    private static boolean isDoubled(byte[] stem, int length, Ending ending) {
        return ending.instead.length == 0
                && ending.ending.length > 1
                && length > SHORTEST_STEM
                && stem[length - 1] == stem[length - 2];
    }

    private static boolean isInflected(byte[] bytes, int from, int to) {
        if (to - from < SHORTEST_WORD) {
            return false;
        }
        byte last = bytes[to - 1];
        byte before = bytes[to - 2];
        return (last == 's' && before != 's')
                || (last == 'd' && before == 'e')
                || (last == 'g' && before == 'n')
                || (last == 'n' && before == 'e');
    }
}
