// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.perennial.refusal.Fault;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A problem as RFC 9457 writes it.
 *
 * @param type URI of the page that explains it
 * @param title the same for every problem of a type
 * @param status the HTTP status
 * @param detail what is wrong with this request and what to do next
 * @param instance path that was asked for
 * @param traceId finds the request in the logs
 * @param retryable whether the same request may succeed later
 * @param errors members at fault
 * @param limit largest accepted value, for a request that is too large
 * @param actual value that came
 * @param retryAfterSeconds when to try again; a header, not a member
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String instance,
        String traceId,
        boolean retryable,
        @Nullable List<Fault> errors,
        @Nullable Long limit,
        @Nullable Long actual,
        @JsonIgnore @Nullable Integer retryAfterSeconds) {
    public static final String MEDIA_TYPE = "application/problem+json";
}
