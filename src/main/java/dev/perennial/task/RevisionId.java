// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Position in the one sequence of changes of a store. A larger number is a later change, of any task.
 *
 * @param number positive
 */
public record RevisionId(long number) implements Comparable<RevisionId> {
    private static final Pattern SHAPE = Pattern.compile("rev_([0-9]{16})");

    /** Parses the form that {@link #toString()} writes. */
    public static Optional<RevisionId> parse(String value) {
        Matcher matcher = SHAPE.matcher(value);
        return matcher.matches() ? Optional.of(new RevisionId(Long.parseLong(matcher.group(1)))) : Optional.empty();
    }

    @Override
    public int compareTo(RevisionId other) {
        return Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return String.format("rev_%016d", number);
    }
}
