// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;

/** Writes the JSON objects that jobs report: a few members, in the order in which they were put. Not thread-safe. */
public final class JsonText {
    private static final int PLACES = 4;

    private final StringJoiner members = new StringJoiner(",", "{", "}");

    public JsonText put(String name, long value) {
        return putJson(name, Long.toString(value));
    }

    /** Puts a finite number, rounded to four places. */
    public JsonText put(String name, double value) {
        return putJson(
                name,
                BigDecimal.valueOf(value)
                        .setScale(PLACES, RoundingMode.HALF_EVEN)
                        .toPlainString());
    }

    public JsonText put(String name, boolean value) {
        return putJson(name, Boolean.toString(value));
    }

    public JsonText put(String name, String value) {
        return putJson(name, quoted(value));
    }

    /** Puts a value that is JSON already. */
    public JsonText putJson(String name, String json) {
        members.add(quoted(name) + ":" + json);
        return this;
    }

    /** Puts the members of an object that is JSON already. */
    public JsonText putMembers(String json) {
        if (json.length() > 2) {
            members.add(json.substring(1, json.length() - 1));
        }
        return this;
    }

    /** Puts an array whose elements are JSON already. */
    public <T> JsonText putAll(String name, List<T> values, Function<T, String> json) {
        StringJoiner array = new StringJoiner(",", "[", "]");
        values.forEach(value -> array.add(json.apply(value)));
        return putJson(name, array.toString());
    }

    /** The object. */
    @Override
    public String toString() {
        return members.toString();
    }

    private static String quoted(String value) {
        StringBuilder quoted = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
