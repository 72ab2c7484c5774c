// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.jina;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.perennial.api.Dialect;
import dev.perennial.api.FailureWords;
import dev.perennial.api.Problem;
import dev.perennial.refusal.Fault;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Failures as Jina tells them. Immutable. */
public final class JinaDialect implements Dialect {

    /**
     * What Jina's clients read of a failure.
     *
     * @param errors members at fault, where any are
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "JinaError")
    public record Failure(String detail, @Nullable List<FieldFault> errors) {}

    /**
     * A member at fault.
     *
     * @param field its names and positions, joined by dots
     * @param type the sort of problem
     */
    @Schema(name = "JinaFieldError")
    public record FieldFault(String field, String message, String type) {}

    @Override
    public Told told(Problem problem) {
        @Nullable
        List<FieldFault> faults = problem.errors() == null
                ? null
                : problem.errors().stream().map(JinaDialect::fault).toList();
        return new Told(problem.status(), MediaType.APPLICATION_JSON, new Failure(FailureWords.of(problem), faults));
    }

    private static FieldFault fault(Fault fault) {
        String field =
                fault.pointer().isEmpty() ? "" : fault.pointer().substring(1).replace('/', '.');
        return new FieldFault(field, fault.detail(), "invalid");
    }
}
