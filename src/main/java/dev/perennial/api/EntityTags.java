// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Entity tags: a task's is its revision. */
final class EntityTags {
    private static final String ANY = "*";

    private EntityTags() {}

    static String of(RevisionId revision) {
        return "\"" + revision + "\"";
    }

    /**
     * Checks what the client expects to find.
     *
     * @param ifMatch the If-Match header
     * @param ifNoneMatch the If-None-Match header
     * @param current the present revision, if the thing exists
     * @throws Refusal.PreconditionFailed when it is another
     */
    static void require(@Nullable String ifMatch, @Nullable String ifNoneMatch, Optional<RevisionId> current) {
        if (ifMatch != null && !matches(ifMatch, current)) {
            throw new Refusal.PreconditionFailed(
                    "If-Match names another revision than the current one; read it again and decide anew.");
        }
        if (ifNoneMatch != null && matches(ifNoneMatch, current)) {
            throw new Refusal.PreconditionFailed("If-None-Match forbids this: it exists already.");
        }
    }

    /** Whether the client has this state of a thing already: a GET with If-None-Match needs no body then. */
    static boolean isKnown(HttpHeaders headers, RevisionId current) {
        String ifNoneMatch = headers.getHeaderString(HttpHeaders.IF_NONE_MATCH);
        return ifNoneMatch != null && matches(ifNoneMatch, Optional.of(current));
    }

    private static boolean matches(String header, Optional<RevisionId> current) {
        return current.isPresent()
                && Arrays.stream(header.split(",", -1))
                        .map(String::strip)
                        .anyMatch(tag -> tag.equals(ANY) || tag.equals(of(current.get())));
    }
}
