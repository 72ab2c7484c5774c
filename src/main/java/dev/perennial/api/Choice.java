// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Words of requests that stand for the constants of an enum. */
final class Choice {
    private Choice() {}

    /**
     * The constant that a word stands for.
     *
     * @throws Refusal.Invalid when it stands for none
     */
    static <E extends Enum<E>> E required(@Nullable String word, Class<E> type, String pointer) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> word(constant).equals(word))
                .findFirst()
                .orElseThrow(() -> new Refusal.Invalid(pointer, "must be one of " + words(type)));
    }

    /** The same, with a constant for a word that was left out. */
    static <E extends Enum<E>> E of(@Nullable String word, E otherwise, String pointer) {
        return word == null ? otherwise : required(word, otherwise.getDeclaringClass(), pointer);
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static <E extends Enum<E>> String words(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Choice::word).collect(Collectors.joining(", "));
    }
}
