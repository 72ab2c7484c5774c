// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.regex.Pattern;

/** Who or what taught an example: {@code [a-z0-9._-]{1,64}}. */
public record SourceName(String value) implements Comparable<SourceName> {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9._-]{1,64}");

    public SourceName {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not the name of a source");
        }
    }

    public static boolean isValid(String value) {
        return SHAPE.matcher(value).matches();
    }

    @Override
    public int compareTo(SourceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
