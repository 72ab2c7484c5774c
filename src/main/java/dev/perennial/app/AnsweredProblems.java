// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.ProblemType;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;

/** Which problems an operation answers with, by their statuses. */
final class AnsweredProblems {
    private static final String API = "/v1/";
    private static final String IDEMPOTENCY = "Idempotency-Key";

    /**
     * Whoever asks needs a key, may have asked for too much already, query parameters that are not known are refused,
     * and the store may be away.
     */
    private static final List<ProblemType> EVERYWHERE = List.of(
            ProblemType.UNAUTHENTICATED,
            ProblemType.FORBIDDEN,
            ProblemType.INVALID,
            ProblemType.QUOTA_EXCEEDED,
            ProblemType.NOT_READY);

    private static final List<ProblemType> OF_A_BODY =
            List.of(ProblemType.UNPARSABLE, ProblemType.TOO_LARGE, ProblemType.UNSUPPORTED_MEDIA_TYPE);

    /** Those that contradict what is there, beside all that take an Idempotency-Key, which may be in use. */
    private static final Set<String> CONFLICTING = Set.of(
            "PUT /v1/tasks/{task}",
            "PUT /v1/tasks/{task}/aliases/{alias}",
            "DELETE /v1/tasks/{task}/aliases/{alias}",
            "GET /v1/tasks/{task}/confusions/{true}/{predicted}",
            "GET /v1/tasks/{task}/revisions/{revision}/diff/{other}",
            "POST /v1/tasks/{task}/revisions/{revision}/rebuilds",
            "POST /v1/tasks/{task}/revisions/{revision}/gates",
            "DELETE /v1/jobs/{job}",
            "POST /v1/keys",
            "DELETE /v1/keys/{key}",
            "POST /v1/members",
            "DELETE /v1/members/{member}",
            "DELETE /v1/members/{member}/refreshes");

    /** Those that look at If-Match. */
    private static final Set<String> PRECONDITIONED = Set.of(
            "PUT /v1/tasks/{task}",
            "DELETE /v1/tasks/{task}",
            "PUT /v1/tasks/{task}/policy",
            "PUT /v1/tasks/{task}/aliases/{alias}",
            "DELETE /v1/tasks/{task}/aliases/{alias}",
            "PUT /v1/graphs/{graph}",
            "DELETE /v1/graphs/{graph}",
            "PUT /v1/sources/{source}");

    private AnsweredProblems() {}

    /** The statuses of one operation, ascending. */
    static Collection<Integer> of(PathItem.HttpMethod method, String path, Operation operation) {
        String name = method + " " + path;
        Set<Integer> statuses = new TreeSet<>();
        if (path.contains("{") && !isCreation(method, path)) {
            statuses.add(ProblemType.NOT_FOUND.status());
        }
        if (!path.startsWith(API)) {
            return statuses;
        }
        EVERYWHERE.forEach(type -> statuses.add(type.status()));
        if (operation.getRequestBody() != null) {
            OF_A_BODY.forEach(type -> statuses.add(type.status()));
        }
        if (CONFLICTING.contains(name) || takes(IDEMPOTENCY, operation)) {
            statuses.add(ProblemType.CONFLICT.status());
        }
        if (PRECONDITIONED.contains(name)) {
            statuses.add(ProblemType.PRECONDITION_FAILED.status());
        }
        return statuses;
    }

    /** What is not there yet is made. */
    private static boolean isCreation(PathItem.HttpMethod method, String path) {
        return method == PathItem.HttpMethod.PUT && path.indexOf('{') == path.lastIndexOf('{') && path.endsWith("}");
    }

    private static boolean takes(String header, Operation operation) {
        return operation.getParameters() != null
                && operation.getParameters().stream().map(Parameter::getName).anyMatch(header::equals);
    }
}
