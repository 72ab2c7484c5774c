// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.tei;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.perennial.api.Dialect;
import dev.perennial.api.FailureWords;
import dev.perennial.api.Problem;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Failures as text-embeddings-inference tells them. Immutable. */
public final class TeiDialect implements Dialect {
    private static final int OVERLOADED = 429;
    private static final int INTERNAL = 500;
    private static final int UNHEALTHY = 503;

    /** What sort of failure it is, in the protocol's words. */
    @Schema(name = "TeiErrorType")
    public enum Sort {
        @JsonProperty("Unhealthy")
        UNHEALTHY,
        @JsonProperty("Backend")
        BACKEND,
        @JsonProperty("Overloaded")
        OVERLOADED,
        @JsonProperty("Validation")
        VALIDATION,
        @JsonProperty("Empty")
        EMPTY
    }

    /** The protocol's error object. */
    @Schema(name = "TeiError")
    public record Failure(String error, Sort errorType) {}

    @Override
    public Told told(Problem problem) {
        boolean overloaded = problem.type().equals("/problems/saturated");
        int status = overloaded ? OVERLOADED : problem.status();
        Sort sort = switch (status) {
            case OVERLOADED -> Sort.OVERLOADED;
            case UNHEALTHY -> Sort.UNHEALTHY;
            case INTERNAL -> Sort.BACKEND;
            default -> Sort.VALIDATION;
        };
        return new Told(status, MediaType.APPLICATION_JSON, new Failure(FailureWords.of(problem), sort));
    }
}
