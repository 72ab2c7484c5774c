// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.cohere;

import dev.perennial.api.Dialect;
import dev.perennial.api.FailureWords;
import dev.perennial.api.Problem;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Failures as Cohere tells them. Immutable. */
public final class CohereDialect implements Dialect {
    private static final int UNACCEPTABLE = 422;
    private static final int BAD_REQUEST = 400;

    /** What Cohere's clients read of a failure. */
    @Schema(name = "CohereError")
    public record Failure(String message) {}

    @Override
    public Told told(Problem problem) {
        // Cohere answers 400 to what is not acceptable.
        int status = problem.status() == UNACCEPTABLE ? BAD_REQUEST : problem.status();
        return new Told(status, MediaType.APPLICATION_JSON, new Failure(FailureWords.of(problem)));
    }
}
