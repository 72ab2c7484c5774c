// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.perennial.api.Dialect;
import dev.perennial.api.FailureWords;
import dev.perennial.api.Problem;

/**
 * Where Cohere's clients and Jina's ask the same path and the request does not tell whose it is: a problem, whose
 * {@code detail} Jina's clients read, with the {@code message} that Cohere's read. Immutable.
 */
final class SharedDialect implements Dialect {

    /** A problem with a message. */
    record ProblemWithMessage(@JsonUnwrapped Problem problem, String message) {}

    @Override
    public Told told(Problem problem) {
        return new Told(
                problem.status(), Problem.MEDIA_TYPE, new ProblemWithMessage(problem, FailureWords.of(problem)));
    }
}
