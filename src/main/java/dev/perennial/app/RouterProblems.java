// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.AllowedMethods;
import dev.perennial.api.ClientWatch;
import dev.perennial.api.ProblemReplies;
import io.quarkus.security.ForbiddenException;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Gives every request a trace id, and failures that no resource sees a problem. */
@Singleton
public final class RouterProblems {
    private static final Pattern TRACE_PARENT = Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}");
    private static final Pattern DOTS = Pattern.compile("/(\\.|%2e){1,2}(/|$)", Pattern.CASE_INSENSITIVE);
    /** A character is encoded in a row: what stands between ends it. */
    private static final Pattern ESCAPES = Pattern.compile("(%[0-9a-fA-F]{2})+");

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    /** As RFC 9110 has it, section 8.3.1. */
    private static final Pattern MEDIA_TYPE = Pattern.compile(
            TOKEN + "/" + TOKEN + "(\\s*;\\s*(" + TOKEN + "=(" + TOKEN + "|\"([^\"\\\\]|\\\\.)*+\"))?)*+\\s*");

    private static final Pattern QUERY = Pattern.compile("\\?.*", Pattern.DOTALL);
    private static final String ENTITIES = "/entities/";
    private static final int LONGEST_URI = 8192;
    private static final int TRACE_ID_BYTES = 16;
    private static final int FIRST = 10_000;

    /** The place of the filter that comes next. */
    static final int AFTER_NAMING = FIRST - 1;

    /** One of the filters answers what browsers ask before they send a request to another origin. */
    private static final int AFTER_FILTERS = -1;

    private static final String READ_ONLY_METHODS = "GET, HEAD, OPTIONS";
    private static final int LEAST_FAILURE = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_ALLOWED = 405;
    private static final int URI_TOO_LONG = 414;
    private static final int UNSUPPORTED = 415;
    private static final int INTERNAL = 500;
    private static final List<String> READ_ONLY =
            List.of("/q/metrics", "/q/metrics/*", "/q/health", "/q/health/*", "/q/openapi", "/q/swagger-ui/*");
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final ProblemReplies replies;
    private final AllowedMethods allowed;
    private final SecureRandom random = new SecureRandom();

    public RouterProblems(ProblemReplies replies, AllowedMethods allowed) {
        this.replies = replies;
        this.allowed = allowed;
    }

    void nameRequests(@Observes Filters filters) {
        filters.register(this::name, FIRST);
    }

    void answerFailures(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(context -> {
            int status = context.failure() instanceof ForbiddenException ? FORBIDDEN : context.statusCode();
            replies.reply(context, status < LEAST_FAILURE ? INTERNAL : status);
        });
        for (String path : READ_ONLY) {
            router.route(path).order(1 - AFTER_NAMING).handler(this::onlyRead);
            router.route(path)
                    .method(HttpMethod.OPTIONS)
                    .order(AFTER_FILTERS)
                    .handler(context -> context.response()
                            .putHeader(HttpHeaders.ALLOW, READ_ONLY_METHODS)
                            .end());
        }
        router.route().method(HttpMethod.OPTIONS).order(AFTER_FILTERS).handler(this::tellMethods);
        for (int status : List.of(400, 404, 405, 406, 413, 414, 415, 500, 503)) {
            router.errorHandler(status, context -> replies.reply(context, status));
        }
    }

    private void tellMethods(RoutingContext context) {
        Set<String> methods = allowed.of(context.normalizedPath());
        if (methods.isEmpty()) {
            context.next();
        } else {
            context.response()
                    .putHeader(HttpHeaders.ALLOW, String.join(", ", methods))
                    .end();
        }
    }

    /** What they are served by would answer any method. */
    private void onlyRead(RoutingContext context) {
        if (READING.contains(context.request().method())) {
            context.next();
        } else {
            context.response().putHeader(HttpHeaders.ALLOW, READ_ONLY_METHODS);
            replies.reply(context, NOT_ALLOWED);
        }
    }

    private void name(RoutingContext context) {
        String parent = context.request().getHeader("traceparent");
        Matcher matcher = TRACE_PARENT.matcher(parent == null ? "" : parent);
        context.put(ClientWatch.ARRIVED, System.nanoTime());
        context.put(ProblemReplies.TRACE_ID, matcher.matches() ? matcher.group(1) : fresh());
        if (context.request().uri().length() > LONGEST_URI) {
            replies.reply(context, URI_TOO_LONG);
        } else if (namesAnother(context.request().uri())) {
            replies.refuse(
                    context,
                    "The path does not name one thing as it was sent: percent-encode ids as UTF-8, a slash"
                            + " in one as %2F, a semicolon as %3B; . and .. are no ids.");
        } else if (isMistyped(context.request().getHeader(HttpHeaders.CONTENT_TYPE))) {
            replies.reply(context, UNSUPPORTED);
        } else {
            context.next();
        }
    }

    /** Whether a body is said to be of what is no media type, which resources could not be chosen by. */
    static boolean isMistyped(@Nullable String contentType) {
        return contentType != null && !MEDIA_TYPE.matcher(contentType).matches();
    }

    /**
     * Whether a path, as it was sent, would be tidied up to that of something else: {@code entities/%2e%2e} to that of
     * the graph, {@code entities/http://a} and {@code entities/a/} to that of another entity, what is no UTF-8 to
     * replacement characters, and {@code aliases/a;b} to that of {@code a}, as what follows a semicolon is a parameter
     * that no resource takes. (What is no percent-encoding at all, {@code %zz}, is answered by Quarkus before any
     * filter, with a 400 that is empty.)
     */
    static boolean namesAnother(@Nullable String uri) {
        String path = uri == null ? "" : QUERY.matcher(uri).replaceFirst("");
        int id = path.indexOf(ENTITIES) + ENTITIES.length();
        boolean entity = id >= ENTITIES.length();
        return DOTS.matcher(path).find()
                || path.indexOf(';') >= 0
                || (entity && (path.indexOf("//", id) >= 0 || path.endsWith("/")))
                || !isUtf8(path);
    }

    private static boolean isUtf8(String path) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Matcher escapes = ESCAPES.matcher(path);
        while (escapes.find()) {
            bytes.writeBytes(HexFormat.of().parseHex(escapes.group().replace("%", "")));
            bytes.write(' ');
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray()));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    private String fresh() {
        byte[] bytes = new byte[TRACE_ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
