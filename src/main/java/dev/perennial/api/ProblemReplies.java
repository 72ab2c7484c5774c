// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/** Answers failures with problems, inside the resources and outside of them. Thread-safe. */
@Singleton
public final class ProblemReplies {
    /** Where the trace id of a request is kept in its routing context. */
    public static final String TRACE_ID = "perennial.trace-id";

    private static final Logger LOG = Logger.getLogger(ProblemReplies.class);

    public static final String WWW_AUTHENTICATE = "WWW-Authenticate";

    /** What a request without a key is told to send. */
    public static final String CHALLENGE = "Bearer realm=\"perennial\"";

    private static final int UNAUTHENTICATED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;

    private final Json json;
    private final AllowedMethods allowed;
    private final Dialects dialects;

    public ProblemReplies(Json json, AllowedMethods allowed, Dialects dialects) {
        this.json = json;
        this.allowed = allowed;
        this.dialects = dialects;
    }

    @ServerExceptionMapper
    Response refused(Refusal refusal, RoutingContext context) {
        return reply(refusal, context);
    }

    @ServerExceptionMapper
    Response http(WebApplicationException failure, RoutingContext context) {
        int status = failure.getResponse().getStatus();
        return status < 400 ? failure.getResponse() : reply(failure, context);
    }

    @ServerExceptionMapper({UnauthorizedException.class, AuthenticationFailedException.class})
    Response unknown(RoutingContext context) {
        return bare(UNAUTHENTICATED, context)
                .header(WWW_AUTHENTICATE, CHALLENGE)
                .build();
    }

    @ServerExceptionMapper(ForbiddenException.class)
    Response forbidden(RoutingContext context) {
        return bare(FORBIDDEN, context).build();
    }

    private Response.ResponseBuilder bare(int status, RoutingContext context) {
        return told(Problems.ofStatus(status, origin(context)), context);
    }

    private Response.ResponseBuilder told(Problem problem, RoutingContext context) {
        Dialect.Told told = inItsDialect(problem, context);
        return Response.status(told.status()).type(told.mediaType()).entity(json.write(told.body()));
    }

    private Dialect.Told inItsDialect(Problem problem, RoutingContext context) {
        @Nullable Dialect spoken = context.get(Dialect.CONTEXT);
        return Optional.ofNullable(spoken)
                .or(() -> dialects.of(path(context)))
                .map(dialect -> dialect.told(problem))
                .orElseGet(() -> new Dialect.Told(problem.status(), Problem.MEDIA_TYPE, problem));
    }

    @ServerExceptionMapper
    Response failed(Throwable failure, RoutingContext context) {
        return reply(failure, context);
    }

    /** Answers what no resource saw. */
    public void reply(RoutingContext context, int status) {
        Throwable failure = context.failure();
        Problem problem = failure instanceof Refusal || (failure != null && status >= 500)
                ? Problems.of(logged(failure, origin(context)), origin(context))
                : Problems.ofStatus(meant(status, context), origin(context));
        reply(context, problem);
    }

    /**
     * Answers a request that no resource is to see.
     *
     * @param detail what is wrong with it, and what to do
     */
    public void refuse(RoutingContext context, String detail) {
        reply(context, Problems.badRequest(detail, origin(context)));
    }

    /**
     * Answers a request whose caller is not known.
     *
     * @param detail why, and what to do
     */
    public void refuseCaller(RoutingContext context, String detail) {
        reply(context, Problems.unauthenticated(detail, origin(context)));
    }

    private void reply(RoutingContext context, Problem problem) {
        if (context.response().ended()) {
            return;
        }
        if (problem.retryAfterSeconds() != null) {
            context.response().putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(problem.retryAfterSeconds()));
        }
        if (problem.status() == NOT_ALLOWED && !context.response().headers().contains(HttpHeaders.ALLOW)) {
            context.response().putHeader(HttpHeaders.ALLOW, allowed(context));
        }
        Dialect.Told told = inItsDialect(problem, context);
        context.response()
                .setStatusCode(told.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, told.mediaType())
                .end(json.write(told.body()));
    }

    private Response reply(Throwable failure, RoutingContext context) {
        Problem problem = failure instanceof NotFoundException
                ? Problems.ofStatus(meant(NOT_FOUND, context), origin(context))
                : Problems.of(logged(failure, origin(context)), origin(context));
        Response.ResponseBuilder reply = told(problem, context);
        if (problem.retryAfterSeconds() != null) {
            reply.header("Retry-After", problem.retryAfterSeconds());
        }
        if (problem.status() == NOT_ALLOWED) {
            reply.header("Allow", allowed(context));
        }
        return reply.build();
    }

    /** A path that is there and does not take the method is reported as missing when another one begins like it. */
    private int meant(int status, RoutingContext context) {
        Set<String> methods = allowed.of(path(context));
        boolean otherMethod = !methods.isEmpty()
                && !methods.contains(context.request().method().name());
        return status == NOT_FOUND && otherMethod ? NOT_ALLOWED : status;
    }

    private String allowed(RoutingContext context) {
        return String.join(", ", allowed.of(path(context)));
    }

    static Throwable logged(Throwable failure, Problems.Origin origin) {
        if (Problems.isUnexpected(failure)) {
            LOG.errorf(Silenced.of(failure), "Request failed, trace_id %s", origin.traceId());
        }
        return failure;
    }

    static Problems.Origin origin(RoutingContext context) {
        String traceId = context.get(TRACE_ID);
        return new Problems.Origin(path(context), Objects.requireNonNullElse(traceId, ""));
    }

    private static String path(RoutingContext context) {
        try {
            return Objects.requireNonNullElse(context.normalizedPath(), "/");
        } catch (IllegalArgumentException malformed) {
            return "/";
        }
    }
}
