// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.Example;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The written form of an example's number: {@code ex_} and 16 digits, so that text order is the order of teaching. */
final class ExampleId {
    private static final String PREFIX = "ex_";
    private static final int DIGITS = 16;
    private static final Pattern SHAPE = Pattern.compile("ex_([0-9]{16})");

    private ExampleId() {}

    static String of(long number) {
        String digits = Long.toString(number);
        return PREFIX + "0".repeat(Math.max(0, DIGITS - digits.length())) + digits;
    }

    static long numberOf(Example example) {
        return parse(example.id()).orElseThrow();
    }

    /** The number in an id, if it is one. */
    static OptionalLong parse(String id) {
        Matcher matcher = SHAPE.matcher(id);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }
}
