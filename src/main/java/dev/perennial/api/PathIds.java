// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.document.EvaluationSetId;
import dev.perennial.document.SourceId;
import dev.perennial.task.TaskId;
import jakarta.ws.rs.NotFoundException;
import java.util.regex.Pattern;

/** Identifiers in paths. What cannot be one names nothing, so it is not found. */
public final class PathIds {
    private static final Pattern OPAQUE = Pattern.compile("[a-z]{2,8}_[A-Za-z0-9]{1,40}");

    private PathIds() {}

    public static TaskId task(String value) {
        if (!TaskId.isValid(value)) {
            throw new NotFoundException();
        }
        return new TaskId(value);
    }

    static SourceId source(String value) {
        if (!SourceId.isValid(value)) {
            throw new NotFoundException();
        }
        return new SourceId(value);
    }

    static EvaluationSetId evaluationSet(String value) {
        if (!EvaluationSetId.isValid(value)) {
            throw new NotFoundException();
        }
        return new EvaluationSetId(value);
    }

    /** An id that the service made: {@code ex_...}, {@code pr_...}. */
    static String opaque(String prefix, String value) {
        if (!isOpaque(prefix, value)) {
            throw new NotFoundException();
        }
        return value;
    }

    static boolean isOpaque(String prefix, String value) {
        return value.startsWith(prefix) && OPAQUE.matcher(value).matches();
    }
}
