// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import jakarta.ws.rs.WebApplicationException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one place that says which problem a failure is. Pure. */
public final class Problems {
    private static final int STALLED_RETRY_SECONDS = 60;
    private static final int LISTED_FAULTS = 100;

    private Problems() {}

    /**
     * The request that failed.
     *
     * @param path what was asked for, without query
     * @param traceId finds the request in the logs
     */
    public record Origin(String path, String traceId) {}

    /** What is particular to one problem. */
    private record Details(
            String detail,
            @Nullable List<Fault> errors,
            @Nullable Long limit,
            @Nullable Long actual,
            @Nullable Integer retryAfterSeconds) {
        static Details of(String detail) {
            return new Details(detail, null, null, null, null);
        }

        static Details later(String detail, int seconds) {
            return new Details(detail, null, null, null, seconds);
        }
    }

    /** The problem that a failure is. */
    public static Problem of(Throwable failure, Origin origin) {
        if (failure instanceof Refusal refusal) {
            return problem(typeOf(refusal), detailsOf(refusal), origin);
        }
        if (failure instanceof WebApplicationException http) {
            return ofStatus(http.getResponse().getStatus(), origin);
        }
        return problem(ProblemType.INTERNAL, detailsOf(ProblemType.INTERNAL), origin);
    }

    /** The problem that a bare HTTP status is. */
    public static Problem ofStatus(int status, Origin origin) {
        ProblemType type = typeOf(status);
        Problem problem = problem(type, detailsOf(type), origin);
        return problem.status() == status || status < 400 ? problem : withStatus(problem, status);
    }

    /** The problem of a request whose caller is not known. */
    static Problem unauthenticated(String detail, Origin origin) {
        return problem(ProblemType.UNAUTHENTICATED, Details.of(detail), origin);
    }

    /** The problem of a request that cannot be understood. */
    static Problem badRequest(String detail, Origin origin) {
        return problem(ProblemType.BAD_REQUEST, Details.of(detail), origin);
    }

    /** Whether the failure is ours, so that it belongs in the log. */
    public static boolean isUnexpected(Throwable failure) {
        return !(failure instanceof Refusal)
                && !(failure instanceof WebApplicationException http
                        && http.getResponse().getStatus() < 500);
    }

    private static ProblemType typeOf(Refusal refusal) {
        if (refusal instanceof Refusal.Unparsable) {
            return ProblemType.UNPARSABLE;
        } else if (refusal instanceof Refusal.Invalid) {
            return ProblemType.INVALID;
        } else if (refusal instanceof Refusal.Forbidden) {
            return ProblemType.FORBIDDEN;
        } else if (refusal instanceof Refusal.NotFound) {
            return ProblemType.NOT_FOUND;
        } else if (refusal instanceof Refusal.Conflict) {
            return ProblemType.CONFLICT;
        } else if (refusal instanceof Refusal.InProgress) {
            return ProblemType.IN_PROGRESS;
        } else if (refusal instanceof Refusal.PreconditionFailed) {
            return ProblemType.PRECONDITION_FAILED;
        } else if (refusal instanceof Refusal.IdempotencyMismatch) {
            return ProblemType.IDEMPOTENCY_MISMATCH;
        } else if (refusal instanceof Refusal.TooLarge) {
            return ProblemType.TOO_LARGE;
        } else if (refusal instanceof Refusal.QuotaExceeded) {
            return ProblemType.QUOTA_EXCEEDED;
        } else if (refusal instanceof Refusal.Saturated) {
            return ProblemType.SATURATED;
        } else if (refusal instanceof Refusal.NotReady) {
            return ProblemType.NOT_READY;
        } else if (refusal instanceof Refusal.StoreUnavailable) {
            return ProblemType.STORE_UNAVAILABLE;
        } else if (refusal instanceof Refusal.Stalled) {
            return ProblemType.STALLED;
        }
        return ProblemType.INTERNAL;
    }

    private static Details detailsOf(Refusal refusal) {
        String detail = Objects.requireNonNullElse(refusal.getMessage(), "");
        if (refusal instanceof Refusal.Invalid invalid) {
            List<Fault> faults = invalid.faults();
            return new Details(detail, faults.subList(0, Math.min(LISTED_FAULTS, faults.size())), null, null, null);
        }
        if (refusal instanceof Refusal.TooLarge large) {
            return new Details(detail, null, large.limit(), large.actual(), null);
        }
        if (refusal instanceof Refusal.InProgress inProgress) {
            return Details.later(detail, inProgress.retryAfterSeconds());
        }
        if (refusal instanceof Refusal.QuotaExceeded quota) {
            return new Details(detail, null, quota.limit(), null, quota.retryAfterSeconds());
        }
        if (refusal instanceof Refusal.Saturated saturated) {
            return Details.later(detail, saturated.retryAfterSeconds());
        }
        if (refusal instanceof Refusal.NotReady notReady) {
            return Details.later(detail, notReady.retryAfterSeconds());
        }
        if (refusal instanceof Refusal.StoreUnavailable unavailable) {
            return Details.later(detail, unavailable.retryAfterSeconds());
        }
        if (refusal instanceof Refusal.Stalled) {
            return Details.later(detail, STALLED_RETRY_SECONDS);
        }
        return Details.of(detail);
    }

    private static ProblemType typeOf(int status) {
        return switch (status) {
            case 401 -> ProblemType.UNAUTHENTICATED;
            case 403 -> ProblemType.FORBIDDEN;
            case 404 -> ProblemType.NOT_FOUND;
            case 405 -> ProblemType.METHOD_NOT_ALLOWED;
            case 406 -> ProblemType.NOT_ACCEPTABLE;
            case 413 -> ProblemType.TOO_LARGE;
            case 415 -> ProblemType.UNSUPPORTED_MEDIA_TYPE;
            case 503 -> ProblemType.NOT_READY;
            default -> status >= 500 || status < 400 ? ProblemType.INTERNAL : ProblemType.BAD_REQUEST;
        };
    }

    private static Details detailsOf(ProblemType type) {
        return switch (type) {
            case UNAUTHENTICATED ->
                Details.of("Send a valid key as Authorization: Bearer pk_…; an operator makes one with POST /v1/keys.");
            case FORBIDDEN ->
                Details.of(
                        "Ask with a key of a higher role; /q/openapi says which this takes. Tenants, encoders and metrics are for operators of the default tenant.");
            case NOT_FOUND -> Details.of("Nothing lives at this path; /q/openapi lists what there is.");
            case METHOD_NOT_ALLOWED -> Details.of("This path takes other methods; /q/openapi lists them.");
            case NOT_ACCEPTABLE -> Details.of("Ask with Accept: application/json.");
            case UNSUPPORTED_MEDIA_TYPE ->
                Details.of("Send Content-Type: application/json (or what /q/openapi lists for this path), if with a "
                        + "charset then charset=utf-8 or iso-8859-1, plain or with Content-Encoding: gzip.");
            case TOO_LARGE -> Details.of("The request is larger than GET /v1/limits allows; send less at once.");
            case NOT_READY -> Details.later("The service is starting or stopping; try again.", 1);
            case INTERNAL -> Details.of("The failure is in the log of the service under this trace_id.");
            default -> Details.of("The request cannot be understood; /q/openapi describes what is.");
        };
    }

    private static Problem problem(ProblemType type, Details details, Origin origin) {
        return new Problem(
                "/problems/" + type.slug(),
                type.title(),
                type.status(),
                details.detail(),
                origin.path(),
                origin.traceId(),
                type.retryable(),
                details.errors(),
                details.limit(),
                details.actual(),
                details.retryAfterSeconds());
    }

    private static Problem withStatus(Problem problem, int status) {
        return new Problem(
                problem.type(),
                problem.title(),
                status,
                problem.detail(),
                problem.instance(),
                problem.traceId(),
                problem.retryable(),
                problem.errors(),
                problem.limit(),
                problem.actual(),
                problem.retryAfterSeconds());
    }
}
