// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.perennial.refusal.Fault;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The lines of a reply to a stream of inputs. */
final class PredictionLines {
    private static final int ANSWERED = 200;

    private PredictionLines() {}

    /**
     * One answer.
     *
     * @param index the line of the request that it answers, from 0; blank lines count
     * @param status 200
     * @param revision the revision that answered
     * @param prediction the answer
     */
    @Schema(name = "PredictionLine")
    record Answered(long index, int status, String revision, PredictionView prediction) {}

    /**
     * Why there is no answer to one line; a problem.
     *
     * @param index the line of the request, from 0; blank lines count
     * @param status what the status of a request with this line alone would be
     * @param type URI of the page that explains it
     * @param title the same for every problem of a type
     * @param detail what is wrong with this line and what to do next
     * @param traceId finds the request in the logs
     * @param retryable whether the same line may be answered later
     * @param errors members at fault
     * @param limit largest accepted value, for a line that is too large
     * @param actual value that came
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "ProblemLine")
    record Refused(
            long index,
            int status,
            String type,
            String title,
            String detail,
            String traceId,
            boolean retryable,
            @Nullable List<Fault> errors,
            @Nullable Long limit,
            @Nullable Long actual) {}

    static Object answered(long index, String revision, PredictionView prediction) {
        return new Answered(index, ANSWERED, revision, prediction);
    }

    static Object refused(long index, Problem problem) {
        return new Refused(
                index,
                problem.status(),
                problem.type(),
                problem.title(),
                problem.detail(),
                problem.traceId(),
                problem.retryable(),
                problem.errors(),
                problem.limit(),
                problem.actual());
    }
}
