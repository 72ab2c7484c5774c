// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.regex.Pattern;

/** Name of a task: {@code [a-z0-9][a-z0-9-]{0,62}}. */
public record TaskId(String value) implements Comparable<TaskId> {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    public TaskId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a task id");
        }
    }

    public static boolean isValid(String value) {
        return SHAPE.matcher(value).matches();
    }

    @Override
    public int compareTo(TaskId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
