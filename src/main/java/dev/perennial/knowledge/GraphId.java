// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.regex.Pattern;

/** Name of a knowledge graph: {@code [a-z0-9][a-z0-9-]{0,62}}. */
public record GraphId(String value) implements Comparable<GraphId> {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    public GraphId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a graph id");
        }
    }

    public static boolean isValid(String value) {
        return SHAPE.matcher(value).matches();
    }

    @Override
    public int compareTo(GraphId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
