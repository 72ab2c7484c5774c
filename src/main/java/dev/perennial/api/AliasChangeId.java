// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ids of changes of aliases, {@code al_...}, sortable. */
final class AliasChangeId {
    private static final Pattern SHAPE = Pattern.compile("al_([0-9]{16})");

    private AliasChangeId() {}

    static String of(long number) {
        return String.format("al_%016d", number);
    }

    /** The number of an id; 0, before which there is nothing, of what is none. */
    static long parse(String id) {
        Matcher matcher = SHAPE.matcher(id);
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
