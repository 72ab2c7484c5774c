// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.Locale;

/** The kinds of problem that a client can meet. Each has a page in {@code docs/problems}, served at its URI. */
public enum ProblemType {
    UNPARSABLE(400, "The request cannot be parsed", false),
    UNAUTHENTICATED(401, "The request needs a key", false),
    FORBIDDEN(403, "The key does not allow this", false),
    NOT_FOUND(404, "There is no such thing", false),
    METHOD_NOT_ALLOWED(405, "This method is not offered here", false),
    NOT_ACCEPTABLE(406, "The reply has no such media type", false),
    CONFLICT(409, "The request contradicts the present state", false),
    IN_PROGRESS(409, "The same request is being worked on", true),
    PRECONDITION_FAILED(412, "The thing has changed since it was read", false),
    TOO_LARGE(413, "The request is too large", false),
    UNSUPPORTED_MEDIA_TYPE(415, "The body has another media type than this takes", false),
    INVALID(422, "The request is not acceptable as it is", false),
    IDEMPOTENCY_MISMATCH(422, "The idempotency key belongs to another request", false),
    QUOTA_EXCEEDED(429, "The caller has asked for all that they may for now", true),
    INTERNAL(500, "The service failed", true),
    SATURATED(503, "The service has too much to do", true),
    NOT_READY(503, "The service is not ready for this", true),
    STORE_UNAVAILABLE(503, "The store cannot take this now", true),
    STALLED(503, "The work stood still", true),
    /** Any other status that the HTTP layer answers with; a client's own mistake. */
    BAD_REQUEST(400, "The request is not acceptable to the HTTP layer", false);

    private final int status;
    private final String title;
    private final boolean retryable;

    ProblemType(int status, String title, boolean retryable) {
        this.status = status;
        this.title = title;
        this.retryable = retryable;
    }

    /** Name of the problem's page. */
    public String slug() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** Whether the same request may succeed later. */
    public boolean retryable() {
        return retryable;
    }
}
