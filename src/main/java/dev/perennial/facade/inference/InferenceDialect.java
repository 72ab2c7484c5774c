// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.inference;

import dev.perennial.api.Dialect;
import dev.perennial.api.FailureWords;
import dev.perennial.api.Problem;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Failures as the Open Inference Protocol tells them. Immutable. */
public final class InferenceDialect implements Dialect {

    /** The protocol's error object. */
    @Schema(name = "InferenceError")
    public record Failure(String error) {}

    @Override
    public Told told(Problem problem) {
        return new Told(problem.status(), MediaType.APPLICATION_JSON, new Failure(FailureWords.of(problem)));
    }
}
