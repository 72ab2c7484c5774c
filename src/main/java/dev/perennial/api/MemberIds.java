// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import jakarta.ws.rs.NotFoundException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Ids of members in requests. What cannot be one is refused before it can reach a message. */
public final class MemberIds {
    static final String SHAPE = "[a-z0-9][a-z0-9.-]{0,62}";

    private static final Pattern ID = Pattern.compile(SHAPE);

    private MemberIds() {}

    /** An id in a path: what cannot be one names nothing, so it is not found. */
    public static String inPath(String value) {
        if (!ID.matcher(value).matches()) {
            throw new NotFoundException();
        }
        return value;
    }

    /** An id in a body. */
    public static String inBody(String pointer, @Nullable String value) {
        if (value == null || !ID.matcher(value).matches()) {
            throw new Refusal.Invalid(pointer, "must be an id as GET /v1/models lists it: " + SHAPE);
        }
        return value;
    }
}
