// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.Keyring;
import dev.perennial.access.TenantId;
import dev.perennial.api.FeedbackTexts;
import dev.perennial.api.Leading;
import dev.perennial.api.ServingGate;
import dev.perennial.api.TenantDoor;
import dev.perennial.refusal.Refusal;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Hands requests on that only the process can answer that makes the changes, and its replies back, as they come. Who
 * asks is found out here, to know whose leader that is, and again there, by the same keys and tokens. Thread-safe.
 */
@Singleton
public final class Forwarding {
    /** Says that a request was handed on: it is not handed on again. */
    static final String FORWARDED = "Perennial-Forwarded";

    /** After the name and the shape of a request are seen to, and before its body is read. */
    private static final int AFTER_NAMING = 9_000;

    private static final int CONNECT_MILLIS = 2_000;
    private static final int LEADER_CHECK_MILLIS = 1_000;
    private static final int MOST_CONNECTIONS = 128;
    private static final int MOST_WAITING = 256;
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHENTICATED = 401;
    private static final int LONGEST_SILENCE_SECONDS = 600;
    private static final int RETRY_AFTER_SECONDS = 2;

    private static final Pattern TENANT_KEYS = Pattern.compile("/v1/tenants/([^/]+)/keys");

    /** Of less than a million bytes. */
    private static final Pattern SHORT = Pattern.compile("[0-9]{1,6}");

    /** Of one connection, RFC 9110, section 7.6.1. */
    private static final Set<String> OF_CONNECTION = Set.of(
            "connection",
            "host",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "expect");

    private final ServingGate gate;
    private final Provider<KeyAuthentication> authentication;
    private final HttpClient requests;

    /** Of its own, so that whoever listens for long keeps nobody else from being answered. */
    private final HttpClient streams;

    /**
     * @param authentication made by the first request, after the start has told what is wrong with the configuration
     */
    public Forwarding(ServingGate gate, Provider<KeyAuthentication> authentication, Vertx vertx) {
        this.gate = gate;
        this.authentication = authentication;
        this.requests = client(vertx);
        this.streams = client(vertx);
    }

    private static HttpClient client(Vertx vertx) {
        return vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout(CONNECT_MILLIS)
                .setMaxPoolSize(MOST_CONNECTIONS)
                .setMaxWaitQueueSize(MOST_WAITING)
                .setIdleTimeout(LONGEST_SILENCE_SECONDS)
                .setDecompressionSupported(false));
    }

    void handOn(@Observes Filters filters) {
        filters.register(this::route, AFTER_NAMING);
    }

    private void route(RoutingContext context) {
        Optional<TenantDoor> named = ofTenantInPath(context);
        if (named.isPresent()) {
            route(context, named.get());
        } else if (Leading.mayHandOn(context.normalizedPath())) {
            // Whoever is not let in here is told so here.
            authentication
                    .get()
                    .door(context)
                    .subscribe()
                    .with(door -> routeOrFail(context, door), refused -> context.next());
        } else {
            context.next();
        }
    }

    /** Nobody else answers when this fails. */
    private void routeOrFail(RoutingContext context, TenantDoor door) {
        try {
            route(context, door);
        } catch (RuntimeException bug) {
            context.fail(bug);
        }
    }

    private void route(RoutingContext context, TenantDoor door) {
        Optional<Leading.Leader> leader = door.leading().answering(context.normalizedPath());
        if (leader.isEmpty()) {
            context.next();
            return;
        }
        Optional<RequestOptions> target = leader.get().address().flatMap(Forwarding::options);
        HttpServerRequest request = context.request();
        if (!request.uri().startsWith("/")) {
            // Anything else would name another host than the leader.
            context.fail(BAD_REQUEST);
        } else if (isOfElsewhere(request)) {
            context.fail(UNAUTHENTICATED);
        } else if (target.isEmpty() || request.headers().contains(FORWARDED)) {
            refuse(context, "No process of the service makes changes now; another one takes over within seconds.");
        } else {
            RequestOptions options = target.get();
            handOn(
                    context,
                    options.setMethod(request.method()).setURI(options.getURI() + request.uri()),
                    new FeedbackTexts(FeedbackTexts.Memories.of(door)),
                    () -> stillLeads(leader.get(), door, context));
        }
    }

    /** Whether who is asked makes the changes as far as is known here. */
    private static boolean stillLeads(Leading.Leader asked, TenantDoor door, RoutingContext context) {
        return door.leading()
                .answering(context.normalizedPath())
                .filter(now -> now.address().equals(asked.address()))
                .isPresent();
    }

    /** Whose leader answers: keys of a tenant are made by who makes its changes. */
    private Optional<TenantDoor> ofTenantInPath(RoutingContext context) {
        Matcher keys = TENANT_KEYS.matcher(context.normalizedPath());
        return Optional.of(keys)
                .filter(Matcher::matches)
                .map(matched -> matched.group(1))
                .filter(TenantId::isValid)
                .flatMap(tenant -> gate.door(new TenantId(tenant)))
                // Until it is served here, nobody here knows who makes them.
                .filter(door -> door.keyring().isPresent());
    }

    /**
     * Who reaches this machine alone is not to be let in by another process of it that no longer sees by which name.
     */
    private boolean isOfElsewhere(HttpServerRequest request) {
        return gate.ofDefault().keyring().filter(Keyring::isOpen).isPresent()
                && !KeyAuthentication.isOfThisMachine(request);
    }

    /** Where a leader is; empty where its address is none. */
    private static Optional<RequestOptions> options(String address) {
        try {
            URI leader = new URI(address);
            boolean encrypted = "https".equalsIgnoreCase(leader.getScheme());
            if (leader.getHost() == null) {
                return Optional.empty();
            }
            int standard = encrypted ? 443 : 80;
            return Optional.of(new RequestOptions()
                    .setHost(leader.getHost())
                    .setPort(leader.getPort() < 0 ? standard : leader.getPort())
                    .setSsl(encrypted)
                    .setURI(leader.getRawPath() == null ? "" : leader.getRawPath())
                    .setConnectTimeout(CONNECT_MILLIS)
                    .setFollowRedirects(false));
        } catch (URISyntaxException misunderstood) {
            return Optional.empty();
        }
    }

    private void handOn(
            RoutingContext context, RequestOptions options, FeedbackTexts texts, BooleanSupplier stillLeads) {
        HttpServerRequest request = context.request();
        // Nothing of the body may be lost while there is no connection yet.
        request.pause();
        HttpClient client = isLasting(context) ? streams : requests;
        client.request(options)
                .onSuccess(onward -> {
                    if (context.response().ended() || context.response().closed()) {
                        // It waited for a connection for longer than its client.
                        onward.reset();
                        return;
                    }
                    // Whoever sends half of a body leaves the leader as well.
                    request.exceptionHandler(cut -> onward.reset());
                    watch(onward, context, stillLeads);
                    copy(request.headers(), onward.headers());
                    onward.putHeader(FORWARDED, "true");
                    send(context, onward, texts)
                            .onSuccess(reply -> handBack(reply, onward, context))
                            .onFailure(cut -> refuse(
                                    context, "The process that makes the changes did not answer. Send it again."));
                })
                .onFailure(unreachable -> {
                    request.resume();
                    refuse(context, "The process that makes the changes cannot be reached. Send it again.");
                });
    }

    /**
     * Leaves the leader when its client has left, or another one leads: one that hangs keeps its connections, and
     * whoever waits for its reply is to be told.
     */
    private static void watch(HttpClientRequest onward, RoutingContext context, BooleanSupplier stillLeads) {
        long watch = context.vertx().setPeriodic(LEADER_CHECK_MILLIS, now -> {
            if (!stillLeads.getAsBoolean()) {
                onward.reset();
            }
        });
        // Not the response's own handlers, which this one takes.
        context.addEndHandler(ended -> {
            context.vertx().cancelTimer(watch);
            if (ended.failed()) {
                onward.reset();
            }
        });
    }

    private static Future<HttpClientResponse> send(
            RoutingContext context, HttpClientRequest onward, FeedbackTexts texts) {
        HttpServerRequest request = context.request();
        boolean hasLength = request.headers().contains(HttpHeaders.CONTENT_LENGTH);
        if (!hasLength && !request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            request.resume();
            return onward.send();
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            context.response().writeContinue();
        }
        if (FeedbackTexts.isFeedback(context.normalizedPath()) && isShort(request)) {
            onward.headers().remove(HttpHeaders.CONTENT_LENGTH);
            Future<Buffer> whole = request.body();
            request.resume();
            return whole.compose(body -> context.vertx()
                            .executeBlocking(() -> texts.with(context.normalizedPath(), body.getBytes()), false))
                    .compose(body -> onward.send(Buffer.buffer(body)));
        }
        onward.setChunked(!hasLength);
        request.pipe().endOnFailure(false).to(onward).onFailure(cut -> onward.reset());
        return onward.response();
    }

    /** Whether a reply may take as long as its client likes. */
    private static boolean isLasting(RoutingContext context) {
        return context.normalizedPath().endsWith("/events");
    }

    /** Whether a body says that it is so short that it can be read as a whole. */
    private static boolean isShort(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && SHORT.matcher(length).matches();
    }

    /** A reply that ends too early is cut here as well, so that nobody takes it for whole. */
    private static void handBack(HttpClientResponse reply, HttpClientRequest onward, RoutingContext context) {
        HttpServerResponse response = context.response();
        response.setStatusCode(reply.statusCode());
        copy(reply.headers(), response.headers());
        if (!reply.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
            response.setChunked(true);
        }
        reply.pipe().endOnFailure(false).to(response).onFailure(cut -> {
            onward.reset();
            context.request().connection().close();
        });
    }

    /** Without what is of one connection, by its name or because the connection says so. */
    private static void copy(MultiMap from, MultiMap to) {
        Set<String> left = new HashSet<>(OF_CONNECTION);
        from.getAll("connection")
                .forEach(names -> Stream.of(names.split(","))
                        .map(name -> name.trim().toLowerCase(Locale.ROOT))
                        .forEach(left::add));
        from.names().stream()
                .filter(name -> !left.contains(name.toLowerCase(Locale.ROOT)))
                .forEach(name -> to.set(name, from.getAll(name)));
    }

    private static void refuse(RoutingContext context, String detail) {
        if (!context.response().headWritten()) {
            context.fail(new Refusal.NotReady(detail, RETRY_AFTER_SECONDS));
        }
    }
}
