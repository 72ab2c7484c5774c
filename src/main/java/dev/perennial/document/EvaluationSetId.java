// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import java.util.regex.Pattern;

/** Name of an evaluation set: {@code [a-z0-9][a-z0-9-]{0,62}}. */
public record EvaluationSetId(String value) implements Comparable<EvaluationSetId> {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    public EvaluationSetId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not the id of an evaluation set");
        }
    }

    public static boolean isValid(String value) {
        return SHAPE.matcher(value).matches();
    }

    @Override
    public int compareTo(EvaluationSetId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
