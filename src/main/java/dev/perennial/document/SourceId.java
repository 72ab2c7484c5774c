// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import java.util.regex.Pattern;

/** Name of a source of documents: {@code [a-z0-9][a-z0-9-]{0,62}}. */
public record SourceId(String value) implements Comparable<SourceId> {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    public SourceId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a source id");
        }
    }

    public static boolean isValid(String value) {
        return SHAPE.matcher(value).matches();
    }

    @Override
    public int compareTo(SourceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
